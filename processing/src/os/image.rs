//! Functions as places in the program's image: the same in every process of one build, wherever it is loaded.

use std::any::Any;
use std::ops::Range;
use std::sync::OnceLock;

use cerial::__private::Places;

use crate::entry::Outcome;
use crate::pool::Factory;
use crate::side::ChildSide;

/// What is called in a child by its place.
pub(crate) type Body = fn(&mut ChildSide, &[u8]) -> Outcome;

struct Image {
    base: usize,
    /// The executable segments.
    code: Vec<Range<usize>>,
}

fn image() -> &'static Image {
    static IMAGE: OnceLock<Image> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let mut image = Image { base: 0, code: Vec::new() };
        // SAFETY:
        // - `first_object` has the signature of the callback and unwinds nowhere.
        // - the pointer is to `image`, which outlives the call and is used by nothing else during it.
        unsafe {
            libc::dl_iterate_phdr(Some(first_object), (&raw mut image).cast());
        }
        image
    })
}

/// Takes the segments of the first object, which is the program itself.
///
/// # Safety
/// As `dl_iterate_phdr` calls it, with a pointer to an `Image` in `data`.
unsafe extern "C" fn first_object(
    info: *mut libc::dl_phdr_info,
    _size: libc::size_t,
    data: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: the C library passes a valid record, whose header table has `dlpi_phnum` entries.
    let (base, headers) = unsafe {
        let info = &*info;
        (info.dlpi_addr as usize, std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()))
    };
    // SAFETY: `data` is the caller's `Image`.
    let image = unsafe { &mut *data.cast::<Image>() };
    image.base = base;
    for header in headers.iter().filter(|h| h.p_type == libc::PT_LOAD && h.p_flags & libc::PF_X != 0) {
        let start = base + header.p_vaddr as usize;
        image.code.push(start..start + header.p_memsz as usize);
    }
    1
}

/// The place of a function, if it is one of the program's own and not of a shared library.
pub(crate) fn place_of(body: Body) -> Option<u64> {
    place(body as usize)
}

/// [`place_of`] for the maker of a pool's runner.
pub(crate) fn place_of_factory(factory: Factory) -> Option<u64> {
    place(factory as usize)
}

/// The place of the function that stands at an address.
pub(crate) fn place(address: usize) -> Option<u64> {
    let image = image();
    image.code.iter().any(|code| code.contains(&address)).then(|| (address - image.base) as u64)
}

fn address(place: u64) -> Option<usize> {
    let image = image();
    let address = image.base.checked_add(usize::try_from(place).ok()?)?;
    image.code.iter().any(|code| code.contains(&address)).then_some(address)
}

/// Functions in values by their place: for [`OPTIONS`](crate::peer::OPTIONS) alone.
pub(crate) static PLACES: ImagePlaces = ImagePlaces;

pub(crate) struct ImagePlaces;

// SAFETY:
// - it stands in `OPTIONS` only, which read what came over a channel whose handshake has compared the build ids.
// - a place is a distance in the image, which is the same in all processes of one build.
unsafe impl Places for ImagePlaces {
    fn place(&self, address: usize) -> Option<u64> {
        place(address)
    }

    unsafe fn fill(&self, place: u64, slot: &mut dyn Any) {
        let Some(address) = address(place) else { return };
        if size_of_val(slot) == size_of::<usize>() {
            // SAFETY:
            // - the slot is an `Option<F>` and `F` a pointer to a function, by the caller's promise: it has the size of an
            //   address (checked above), and an address that is not null is its `Some`.
            // - a function of that type stands at the address: at its place it stood in the process that wrote it.
            unsafe { (&raw mut *slot).cast::<usize>().write(address) };
        }
    }
}

/// The function at a place that [`place_of`] gave in the parent.
///
/// Called with what stands in the payload of a started child, and with nothing else: the handshake has refused every
/// parent whose build id is not this program's, so a `Body` stands at that place here too.
pub(crate) fn body(place: u64) -> Option<Body> {
    let address = address(place)?;
    // SAFETY:
    // - the address is inside the code of this image, at the place that the parent's `place_of` gave for a `Body`.
    // - both images are of one build (checked by the handshake before a payload is read), so that `Body` is here too.
    Some(unsafe { std::mem::transmute::<usize, Body>(address) })
}

/// The function at a place that [`place_of_factory`] gave in the parent. Called as [`body`] is, with what stands in
/// the frames of a pool.
pub(crate) fn factory(place: u64) -> Option<Factory> {
    let address = address(place)?;
    // SAFETY: as in `body`: the place was made from a `Factory`, by a parent of the same build.
    Some(unsafe { std::mem::transmute::<usize, Factory>(address) })
}

/// The function pointer of type `P` whose place [`place`] gave in the parent.
///
/// Called with a `P` that the parent found to be a function pointer type by its `TypeId`, and with the place of its
/// value: the code that calls this is reached by a [`factory`] that was made for the same `P`.
pub(crate) fn pointer<P: Copy>(place: u64) -> Option<P> {
    let address = address(place)?;
    if size_of::<P>() != size_of::<usize>() {
        return None;
    }
    // SAFETY:
    // - `P` is a function pointer type of the size of an address: checked in the parent and above.
    // - the address is of a function of that type: the same function stands at the same place in both images.
    Some(unsafe { std::mem::transmute_copy::<usize, P>(&address) })
}

/// The value of a type without bytes: of a function item, or of a closure that captures nothing.
///
/// Called for an `F` of which the parent holds a value, in the code that travelled for it: such a type is inhabited.
/// A capture that has no size of its own (a token that proves something) is made anew by this.
pub(crate) fn zero_sized<F: Copy>() -> Option<F> {
    if size_of::<F>() != 0 {
        return None;
    }
    // SAFETY:
    // - a read of no bytes is valid from every aligned pointer that is not null, as a dangling one is.
    // - `F` is inhabited: a value of it exists in the parent, and `Copy` allows a second one.
    Some(unsafe { std::ptr::NonNull::<F>::dangling().read() })
}
