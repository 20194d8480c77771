//! How this crate's errors are written: a closed list that tests can compare, each with one sentence.
//!
//! The sentences are for an administrator's terminal and for logs of the relay's own health; what a
//! survivor reads comes from the page's texts. No sentence holds anything that came from outside.

macro_rules! reasons {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident $(($inner:ty))? => $text:literal),* $(,)?
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant $(($inner))?),*
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(match self {
                    $(Self::$variant { .. } => $text),*
                })
            }
        }

        impl core::error::Error for $name {}
    };
}
pub(crate) use reasons;
