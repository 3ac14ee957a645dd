//! [`named!`]: enums whose variants have a name on the wire, written out once.

/// Defines an enum with `ALL`, `name`, and reading and writing by name.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $type:ident { $($(#[$about_variant:meta])* $variant:ident = $name:literal,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $type { $($(#[$about_variant])* #[serde(rename = $name)] $variant,)* }

        impl $type {
            /// Every variant, in the order of the definition.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The variant with that name on the wire.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.name() == name)
            }
        }
    };
}

pub(super) use named;
