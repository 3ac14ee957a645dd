//! What the folder with the data of the embedded engines holds beside them, and how it stays whole.

pub(crate) mod clock_floor;
pub(crate) mod commit_durability;
pub(crate) mod durable_file;
pub(crate) mod full_disk;
pub(crate) mod payee_keys;
pub(crate) mod secret_file;
pub(crate) mod signing_key;
