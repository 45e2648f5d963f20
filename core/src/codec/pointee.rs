//! What may stand behind a pointer: `Cerial` types, text, slices, trait objects.

use std::rc::{Rc, Weak as RcWeak};
use std::sync::{Arc, Weak as ArcWeak};

use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::graph::Patcher;
use crate::registry::Registry;
use crate::schema::{Kind, SchemaBuilder};
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{CArc, CRc, CVec, ReadCodec, Static};

/// What may stand behind a `Box`, `Rc` or `Arc`: any `Cerial` type, and `dyn Trait` of a `#[cerial::object]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be serialized by cerial",
    label = "this type is not `Cerial`",
    note = "add `#[derive(Cerial)]` to it; for a trait object put `#[cerial::object]` on the trait and its impls"
)]
pub trait Pointee {
    fn kind(builder: &mut SchemaBuilder) -> Kind;
    #[inline(always)]
    fn has_placeholder() -> bool {
        false
    }
    fn write(&self, w: &mut Writer<'_>) -> Result<()>;
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()>;
    fn patch(&mut self, patcher: &mut Patcher<'_>);
}

/// A [`Pointee`] that can be read into a pointer.
#[doc(hidden)]
pub trait ReadPointee<'de>: Pointee {
    fn read_box(r: &mut Reader<'de>) -> Result<Box<Self>>;
    fn read_rc(r: &mut Reader<'de>) -> Result<Rc<Self>> {
        Self::read_box(r).map(Rc::from)
    }
    fn read_arc(r: &mut Reader<'de>) -> Result<Arc<Self>> {
        Self::read_box(r).map(Arc::from)
    }
    fn placeholder_rc() -> Option<Rc<Self>> {
        None
    }
    fn placeholder_arc() -> Option<Arc<Self>> {
        None
    }
    /// Moves the body into its placeholder.
    fn close_rc(_held: &Rc<Self>, _body: Rc<Self>) {}
    fn close_arc(_held: &Arc<Self>, _body: Arc<Self>) {}
}

/// A [`Pointee`] to which a `Weak` may point.
#[doc(hidden)]
pub trait WeakPointee: Pointee {
    fn rc_weaks(registry: &Registry) -> Result<Weaks<RcWeak<Self>>>;
    fn arc_weaks(registry: &Registry) -> Result<Weaks<ArcWeak<Self>>>;
}

/// How a `Weak` is made that upgrades to nothing.
#[doc(hidden)]
pub struct Weaks<W> {
    /// The size of what it might point at.
    pub(super) size: usize,
    /// Without an address.
    pub(super) nothing: fn() -> W,
    /// At an address of its own.
    pub(super) dangling: fn() -> W,
}

impl<W> Weaks<W> {
    /// `T` is what might stand behind the `Weak`.
    pub const fn of<T>(nothing: fn() -> W, dangling: fn() -> W) -> Weaks<W> {
        Weaks { size: size_of::<T>(), nothing, dangling }
    }
}

impl<W> Clone for Weaks<W> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<W> Copy for Weaks<W> {}

impl<T: Encode> WeakPointee for T {
    #[inline(always)]
    fn rc_weaks(_: &Registry) -> Result<Weaks<RcWeak<T>>> {
        Ok(Weaks::of::<T>(RcWeak::new, crate::graph::dangling_rc))
    }
    #[inline(always)]
    fn arc_weaks(_: &Registry) -> Result<Weaks<ArcWeak<T>>> {
        Ok(Weaks::of::<T>(ArcWeak::new, crate::graph::dangling_arc))
    }
}

impl<T: Encode> Pointee for T {
    fn kind(builder: &mut SchemaBuilder) -> Kind {
        T::schema(builder)
    }
    #[inline(always)]
    fn has_placeholder() -> bool {
        T::has_placeholder()
    }
    #[inline(always)]
    fn write(&self, w: &mut Writer<'_>) -> Result<()> {
        w.value(Static::<T>::NEW, self)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        Encode::walk(self, walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        Encode::patch(self, patcher);
    }
}

impl<'de, T: Decode<'de>> ReadPointee<'de> for T {
    #[inline(always)]
    fn read_box(r: &mut Reader<'de>) -> Result<Box<T>> {
        r.charge(size_of::<T>())?;
        r.value(Static::<T>::NEW).map(Box::new)
    }
    #[inline(always)]
    fn read_rc(r: &mut Reader<'de>) -> Result<Rc<T>> {
        r.charge(size_of::<T>())?;
        r.value(Static::<T>::NEW).map(Rc::new)
    }
    #[inline(always)]
    fn read_arc(r: &mut Reader<'de>) -> Result<Arc<T>> {
        r.charge(size_of::<T>())?;
        r.value(Static::<T>::NEW).map(Arc::new)
    }
    fn placeholder_rc() -> Option<Rc<T>> {
        T::placeholder().map(Rc::new)
    }
    fn placeholder_arc() -> Option<Arc<T>> {
        T::placeholder().map(Arc::new)
    }
    fn close_rc(held: &Rc<T>, body: Rc<T>) {
        CRc::<Static<T>>::close(held, body);
    }
    fn close_arc(held: &Arc<T>, body: Arc<T>) {
        CArc::<Static<T>>::close(held, body);
    }
}

impl Pointee for str {
    fn kind(_: &mut SchemaBuilder) -> Kind {
        Kind::Text
    }
    fn write(&self, w: &mut Writer<'_>) -> Result<()> {
        w.bytes(self.as_bytes());
        Ok(())
    }
    fn walk(&self, _: &mut Walker<'_>) -> Result<()> {
        Ok(())
    }
    fn patch(&mut self, _: &mut Patcher<'_>) {}
}

impl<'de> ReadPointee<'de> for str {
    fn read_box(r: &mut Reader<'de>) -> Result<Box<str>> {
        r.string().map(String::into_boxed_str)
    }
    fn read_rc(r: &mut Reader<'de>) -> Result<Rc<str>> {
        charged_text(r).map(Rc::from)
    }
    fn read_arc(r: &mut Reader<'de>) -> Result<Arc<str>> {
        charged_text(r).map(Arc::from)
    }
}

/// Text that is copied into a pointer of its own.
fn charged_text<'de>(r: &mut Reader<'de>) -> Result<&'de str> {
    let text = r.text()?;
    r.charge(text.len())?;
    Ok(text)
}

impl<T: Encode> Pointee for [T] {
    fn kind(builder: &mut SchemaBuilder) -> Kind {
        Kind::Seq(Box::new(T::schema(builder)))
    }
    fn write(&self, w: &mut Writer<'_>) -> Result<()> {
        super::lists::write_slice(self, Static::<T>::NEW, w)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        super::lists::walk_each(self.iter(), Static::<T>::NEW, walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        super::lists::patch_each(self.iter_mut(), Static::<T>::NEW, patcher);
    }
}

impl<'de, T: Decode<'de>> ReadPointee<'de> for [T] {
    fn read_box(r: &mut Reader<'de>) -> Result<Box<[T]>> {
        CVec(Static::<T>::NEW).read(&[], r).map(Vec::into_boxed_slice)
    }
    fn read_rc(r: &mut Reader<'de>) -> Result<Rc<[T]>> {
        let list = Self::read_box(r)?;
        r.charge(size_of_val(&*list))?;
        Ok(Rc::from(list))
    }
    fn read_arc(r: &mut Reader<'de>) -> Result<Arc<[T]>> {
        let list = Self::read_box(r)?;
        r.charge(size_of_val(&*list))?;
        Ok(Arc::from(list))
    }
}
