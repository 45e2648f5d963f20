//! Boxes and shared pointers.

use std::any::{Any, TypeId, type_name};
use std::rc::{Rc, Weak as RcWeak};
use std::sync::{Arc, Weak as ArcWeak};

use crate::encode::{Decode, Encode};
use crate::error::{ErrorKind, Result};
use crate::graph::{Edge, Patcher, Strong, StrongEdge};
use crate::registry::guard;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Walk as _, Writer};

use super::pointee::{Pointee, ReadPointee, WeakPointee, Weaks};
use super::{Codec, ReadCodec};

/// `Box<T>`: the value, one heap edge down.
#[derive(Clone, Copy)]
pub struct CBox<C>(pub C);

impl<T, C: Codec<T>> Codec<Box<T>> for CBox<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::BOX
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Boxed(Box::new(self.0.schema(builder)))
    }
    #[inline(always)]
    fn head(self, _: &Box<T>, _: &mut [u8]) {}
    #[inline]
    fn tail(self, value: &Box<T>, w: &mut Writer<'_>) -> Result<()> {
        w.nested(|w| w.value(self.0, &**value))
    }
    fn walk(self, value: &Box<T>, walker: &mut Walker<'_>) -> Result<()> {
        self.0.walk(value, walker)
    }
    fn patch(self, value: &mut Box<T>, patcher: &mut Patcher<'_>) {
        patcher.nested(|patcher| self.0.patch(value, patcher));
    }
}

impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, Box<T>> for CBox<C> {
    #[inline]
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<Box<T>> {
        r.charge(size_of::<T>())?;
        r.nested(|r| r.value(self.0).map(Box::new))
    }
}

impl<T: Pointee + ?Sized> Encode for Box<T> {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::BOX
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        Kind::Boxed(Box::new(T::kind(builder)))
    }
    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}
    #[inline]
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        w.nested(|w| (**self).write(w))
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        (**self).walk(walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        patcher.nested(|patcher| (**self).patch(patcher));
    }
}

impl<'de, T: ReadPointee<'de> + ?Sized> Decode<'de> for Box<T> {
    #[inline]
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<Box<T>> {
        r.charge(16)?;
        r.nested(T::read_box)
    }
}

/// Writes a strong edge: `id * 2 + 1` and the body at first, `id * 2` later.
#[inline]
fn write_shared<P: 'static>(
    w: &mut Writer<'_>,
    address: usize,
    closes: bool,
    keep: impl FnOnce() -> Box<dyn Any>,
    body: impl FnOnce(&mut Writer<'_>) -> Result<()>,
) -> Result<()> {
    let left = w.depth().left();
    let edge = StrongEdge { address, pointer: TypeId::of::<P>(), name: type_name::<P>(), left, closes };
    match w.graph().strong(edge, keep)? {
        Edge::TooDeep => Err(w.depth().spent()),
        Edge::Again(id) => {
            w.count(id << 1);
            Ok(())
        }
        Edge::First(id) => {
            w.count(id << 1 | 1);
            w.nested(body)?;
            w.graph().finish()
        }
    }
}

/// What the table of objects takes for one, with room to grow.
const OBJECT: usize = 128;
/// What a placeholder and the way into it take.
const PLACEHOLDER: usize = 256;
/// What the tables take for a weak edge that waits, with room to grow.
const WAITING: usize = 192;

/// Reads a strong edge.
#[inline]
fn read_shared<'de, P: Clone + 'static>(
    r: &mut Reader<'de>,
    body: impl FnOnce(&mut Reader<'de>) -> Result<P>,
    placeholder: impl FnOnce() -> Option<P>,
    close: fn(&P, P),
    patch: impl Fn(&P, &mut Patcher<'_>) + Copy + 'static,
) -> Result<P> {
    let tag = r.count()?;
    let left = r.depth().left();
    match r.graph().strong::<P>(tag, left)? {
        Strong::Done(pointer) => Ok(pointer),
        Strong::Body => {
            r.charge(OBJECT)?;
            let pointer = r.nested(body)?;
            if let Some(held) = r.graph().finish(&pointer, patch)? {
                let kept = held.clone();
                r.graph().close_later(Box::new(move || close(&kept, pointer)));
                return Ok(held);
            }
            Ok(pointer)
        }
        Strong::Around(id) => {
            r.charge(PLACEHOLDER)?;
            let placeholder = guard(ErrorKind::Rebuild, || Ok(placeholder()))?;
            r.graph().hold(id, placeholder, patch)
        }
        Strong::TooDeep => Err(r.depth().spent()),
    }
}

/// `Weak<T>` of an `Rc` or an `Arc`: an object id, never a body.
#[derive(Clone, Copy)]
pub struct CWeak<C>(pub C);

macro_rules! shared {
    ($codec:ident, $ptr:ident, $weak:ident, $read:ident, $dangling:ident, $exclusive:ident, $placeholder:ident, $close:ident,
     $weaks:ident) => {
        #[doc = concat!("`", stringify!($ptr), "<T>`: one object, wherever it is met again.")]
        #[derive(Clone, Copy)]
        pub struct $codec<C>(pub C);

        impl<C> $codec<C> {
            /// Moves a body that nothing else points at into its placeholder.
            pub(super) fn close<T>(held: &$ptr<T>, body: $ptr<T>) {
                let Some(body) = $ptr::into_inner(body) else { return };
                let mut old = None;
                // SAFETY:
                // - the placeholder was made by this stream, which has handed nothing out yet.
                // - it is open (the pointer that leads back to it stands below it), so no key and no handler met it: both
                //   tables refuse that.
                // - the closure follows no pointer; what stood there is dropped after it.
                unsafe { crate::graph::$exclusive(held, |slot| old = Some(std::mem::replace(slot, body))) };
                drop(old);
            }
        }

        impl<T: 'static, C: Codec<T>> Codec<$ptr<T>> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Shared(Box::new(self.0.schema(builder)))
            }
            #[inline(always)]
            fn head(self, _: &$ptr<T>, _: &mut [u8]) {}
            #[inline]
            fn tail(self, value: &$ptr<T>, w: &mut Writer<'_>) -> Result<()> {
                let address = $ptr::as_ptr(value).addr();
                let closes = self.0.has_placeholder();
                let keep = || -> Box<dyn Any> { Box::new(value.clone()) };
                write_shared::<$ptr<T>>(w, address, closes, keep, |w| w.value(self.0, &**value))
            }
            fn walk(self, value: &$ptr<T>, walker: &mut Walker<'_>) -> Result<()> {
                walker.shared($ptr::as_ptr(value).addr(), |walker| self.0.walk(value, walker))
            }
            fn patch(self, _: &mut $ptr<T>, _: &mut Patcher<'_>) {}
        }

        impl<'de, T: 'static, C: ReadCodec<'de, T> + 'static> ReadCodec<'de, $ptr<T>> for $codec<C> {
            #[inline]
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$ptr<T>> {
                read_shared(
                    r,
                    |r| {
                        r.charge(size_of::<T>() + 2 * size_of::<usize>())?;
                        r.value(self.0).map($ptr::new)
                    },
                    || self.0.placeholder().map($ptr::new),
                    Self::close,
                    move |pointer: &$ptr<T>, patcher| {
                        // SAFETY:
                        // - the object was made by this stream, which has handed nothing out yet.
                        // - it is open (a weak edge below it waits), so no key and no handler met it: both tables
                        //   refuse that.
                        // - `patch` follows no shared pointer: the impls for those do nothing.
                        unsafe { crate::graph::$exclusive(pointer, |value| self.0.patch(value, patcher)) };
                    },
                )
            }
        }

        impl<T: Pointee + ?Sized + 'static> Encode for $ptr<T> {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::HEAP
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                Kind::Shared(Box::new(T::kind(builder)))
            }
            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}
            #[inline]
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                let address = $ptr::as_ptr(self).cast::<()>().addr();
                let keep = || -> Box<dyn Any> { Box::new(self.clone()) };
                write_shared::<$ptr<T>>(w, address, T::has_placeholder(), keep, |w| (**self).write(w))
            }
            fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
                walker.shared($ptr::as_ptr(self).cast::<()>().addr(), |walker| (**self).walk(walker))
            }
        }

        impl<'de, T: ReadPointee<'de> + ?Sized + 'static> Decode<'de> for $ptr<T> {
            #[inline]
            fn read(_: &[u8], r: &mut Reader<'de>) -> Result<$ptr<T>> {
                read_shared(
                    r,
                    |r| {
                        r.charge(4 * size_of::<usize>())?;
                        T::$read(r)
                    },
                    T::$placeholder,
                    T::$close,
                    |pointer: &$ptr<T>, patcher| {
                        // SAFETY: as in the codec above.
                        unsafe { crate::graph::$exclusive(pointer, |value: &mut T| value.patch(patcher)) };
                    },
                )
            }
        }

        impl<T: 'static, C: Codec<T>> Codec<$weak<T>> for CWeak<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Weak(Box::new(self.0.schema(builder)))
            }
            #[inline(always)]
            fn head(self, _: &$weak<T>, _: &mut [u8]) {}
            #[inline]
            fn tail(self, value: &$weak<T>, w: &mut Writer<'_>) -> Result<()> {
                if value.strong_count() == 0 {
                    w.count(0);
                    return Ok(());
                }
                let id = w.graph().weak::<$ptr<T>>(value.as_ptr().addr(), || Box::new(value.upgrade()))?;
                w.count(id + 1);
                Ok(())
            }
            fn walk(self, _: &$weak<T>, _: &mut Walker<'_>) -> Result<()> {
                Ok(())
            }
            fn patch(self, value: &mut $weak<T>, patcher: &mut Patcher<'_>) {
                // What waits has no strong pointer: most edges are told apart without a look into the table.
                if value.strong_count() == 0
                    && let Some(target) = patcher.target::<$ptr<T>>(value.as_ptr().addr())
                {
                    *value = target.map_or_else($weak::new, $ptr::downgrade);
                }
            }
        }

        impl<'de, T: 'static, C: Codec<T>> ReadCodec<'de, $weak<T>> for CWeak<C> {
            #[inline]
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$weak<T>> {
                let Some(id) = r.count()?.checked_sub(1) else { return Ok($weak::new()) };
                if let Some(target) = r.graph().weak::<$ptr<T>>(id)? {
                    return Ok($ptr::downgrade(&target));
                }
                r.charge(size_of::<T>() + 2 * size_of::<usize>() + WAITING)?;
                r.graph().wait(id, crate::graph::$dangling::<T>, |weak| weak.as_ptr().addr())
            }
        }

        impl<T: WeakPointee + ?Sized + 'static> Encode for $weak<T> {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::HEAP
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                Kind::Weak(Box::new(T::kind(builder)))
            }
            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}
            #[inline]
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                if self.strong_count() == 0 {
                    w.count(0);
                    return Ok(());
                }
                let address = self.as_ptr().cast::<()>().addr();
                let id = w.graph().weak::<$ptr<T>>(address, || Box::new(self.upgrade()))?;
                w.count(id + 1);
                Ok(())
            }
            fn patch(&mut self, patcher: &mut Patcher<'_>) {
                // What waits has no strong pointer. An object without a body stays what it is: a `Weak` to nothing.
                if self.strong_count() == 0
                    && let Some(Some(target)) = patcher.target::<$ptr<T>>(self.as_ptr().cast::<()>().addr())
                {
                    *self = $ptr::downgrade(target);
                }
            }
        }

        impl<'de, T: WeakPointee + ?Sized + 'static> Decode<'de> for $weak<T> {
            #[inline]
            fn read(_: &[u8], r: &mut Reader<'de>) -> Result<$weak<T>> {
                let Some(id) = r.count()?.checked_sub(1) else {
                    return Ok((T::$weaks(r.registry())?.nothing)());
                };
                if let Some(target) = r.graph().weak::<$ptr<T>>(id)? {
                    return Ok($ptr::downgrade(&target));
                }
                let Weaks { size, dangling, .. } = T::$weaks(r.registry())?;
                r.charge(size + 2 * size_of::<usize>() + WAITING)?;
                r.graph().wait(id, dangling, |weak| weak.as_ptr().cast::<()>().addr())
            }
        }
    };
}

shared!(CRc, Rc, RcWeak, read_rc, dangling_rc, exclusive_rc, placeholder_rc, close_rc, rc_weaks);
shared!(CArc, Arc, ArcWeak, read_arc, dangling_arc, exclusive_arc, placeholder_arc, close_arc, arc_weaks);
