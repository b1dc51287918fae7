//! A call to a durable object, with an end to waiting.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use js_sys::Uint8Array;
use worker::{Delay, Method, ObjectNamespace, Request, RequestInit, console_error};

use crate::error::Problem;

/// How long an object may take. Far more than it needs; a caller must never wait for ever.
const PATIENCE: Duration =
    Duration::from_secs(if cfg!(feature = "fault-injection") { 2 } else { 20 });

/// What the object of that name answers to a message.
///
/// # Errors
/// [`Problem::Unavailable`] when it does not answer in time or cannot be reached: what was asked may still happen.
pub(crate) async fn call(
    namespace: &ObjectNamespace,
    name: &str,
    message: &[u8],
    what: &'static str,
) -> Result<Vec<u8>, Problem> {
    let stub = namespace.get_by_name(name)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(Uint8Array::from(message).into()));
    let request = Request::new_with_init("https://object/", &init)?;
    let answer = async {
        let mut response = stub.fetch_with_request(request).await?;
        response.bytes().await
    };
    match select(pin!(answer), pin!(Delay::from(PATIENCE))).await {
        Either::Left((Ok(bytes), _)) => Ok(bytes),
        Either::Left((Err(error), _)) => {
            console_error!("{what}: {error}");
            Err(Problem::Unavailable)
        }
        Either::Right(_) => {
            console_error!("{what}: no answer in {PATIENCE:?}");
            Err(Problem::Unavailable)
        }
    }
}
