//! What a panic becomes: an error like any other.
//!
//! The Worker is built with `panic=unwind`. Without it a panic inside an object makes its caller wait for ever; with
//! it the panic unwinds to where the request entered, and here it is caught. Lints deny what panics; this is for what
//! they do not see.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use futures_util::FutureExt;

/// The future's output, or what the panic said.
pub(crate) async fn caught<T>(future: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(|panic| said(&*panic))
}

/// The closure's result, or what the panic said.
pub(crate) fn caught_now<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| said(&*panic))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("no message"))
}
