//! Tuples: the parts side by side.

use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Codec, ReadCodec, Static, by_codec};

/// A tuple of as many codecs, up to 12.
#[derive(Clone, Copy)]
pub struct CTuple<C>(pub C);

macro_rules! tuples {
    ($($(($T:ident $C:ident $i:tt))+;)*) => {$(
        impl<$($T,)+ $($C: Codec<$T>,)+> Codec<($($T,)+)> for CTuple<($($C,)+)> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::UNIT$(.and(self.0.$i.shape()))+
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Tuple(vec![$(self.0.$i.schema(builder)),+])
            }
            #[inline(always)]
            fn head(self, value: &($($T,)+), out: &mut [u8]) {
                let mut at = 0;
                $(
                    let next = at + self.0.$i.shape().head;
                    self.0.$i.head(&value.$i, &mut out[at..next]);
                    at = next;
                )+
                let _ = at;
            }
            #[inline(always)]
            fn tail(self, value: &($($T,)+), w: &mut Writer<'_>) -> Result<()> {
                $(self.0.$i.tail(&value.$i, w).map_err(|error| error.at_index($i))?;)+
                Ok(())
            }
            fn walk(self, value: &($($T,)+), walker: &mut Walker<'_>) -> Result<()> {
                $(
                    if self.0.$i.shape().nests {
                        walker.index($i, |walker| self.0.$i.walk(&value.$i, walker))?;
                    }
                )+
                let _ = (value, walker);
                Ok(())
            }
            fn patch(self, value: &mut ($($T,)+), patcher: &mut Patcher<'_>) {
                $(self.0.$i.patch(&mut value.$i, patcher);)+
            }
        }
        impl<'de, $($T,)+ $($C: ReadCodec<'de, $T>,)+> ReadCodec<'de, ($($T,)+)> for CTuple<($($C,)+)> {
            #[inline(always)]
            fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<($($T,)+)> {
                let mut at = 0;
                Ok(($({
                    let part = at;
                    at += self.0.$i.shape().head;
                    let _ = at;
                    self.0.$i.read(&head[part..at], r).map_err(|error| error.at_index($i))?
                },)+))
            }
        }
        by_codec!(
            [$($T),+] ($($T,)+),
            [$($T: Encode,)+],
            [$($T: Decode<'de>,)+],
            CTuple(($(Static::<$T>::NEW,)+))
        );
    )*};
}

tuples! {
    (T0 C0 0);
    (T0 C0 0) (T1 C1 1);
    (T0 C0 0) (T1 C1 1) (T2 C2 2);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5) (T6 C6 6);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5) (T6 C6 6) (T7 C7 7);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5) (T6 C6 6) (T7 C7 7) (T8 C8 8);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5) (T6 C6 6) (T7 C7 7) (T8 C8 8) (T9 C9 9);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5) (T6 C6 6) (T7 C7 7) (T8 C8 8) (T9 C9 9)
        (T10 C10 10);
    (T0 C0 0) (T1 C1 1) (T2 C2 2) (T3 C3 3) (T4 C4 4) (T5 C5 5) (T6 C6 6) (T7 C7 7) (T8 C8 8) (T9 C9 9)
        (T10 C10 10) (T11 C11 11);
}
