//! [`named!`]: enums whose variants have a wire name, defined once.

/// Defines an enum with `ALL`, `name`, and conversions from and to its names.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $type:ident { $($(#[$about_variant:meta])* $variant:ident = $name:literal,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $type { $($(#[$about_variant])* #[serde(rename = $name)] $variant,)* }

        impl $type {
            /// Every variant, in the order of definition.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The wire name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The variant with this wire name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.name() == name)
            }
        }
    };
}

pub(super) use named;
