//! Random numbers, from the platform's generator.

/// A number nobody can foretell.
///
/// # Errors
/// When the platform gives none.
pub(crate) fn number() -> Result<u64, getrandom::Error> {
    getrandom::u64()
}
