//! Requests to other servers, on behalf of a connector: with an end to waiting, a limit to what is read, and no
//! redirects, which would take credentials elsewhere.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use trailsift_trail::{
    batch,
    connector::{Answer, Call, Fault},
};
use worker::{
    Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response, ResponseBody,
};

use crate::{body, error::Problem};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer, in bytes: what a trail takes at once. A page of 100 entries has a few hundred kilobytes.
const LONGEST: usize = batch::SIZE_LIMIT;

/// The answer to a connector's request.
///
/// # Errors
/// [`Fault::Unreachable`] when there is none in time, or it is too long.
pub(crate) async fn send(call: &Call) -> Result<Answer, Fault> {
    match select(pin!(sent(call)), pin!(Delay::from(PATIENCE))).await {
        Either::Left((answer, _)) => answer.map_err(Fault::Unreachable),
        Either::Right(_) => {
            Err(Fault::Unreachable(format!("no answer within {} s", PATIENCE.as_secs())))
        }
    }
}

async fn sent(call: &Call) -> Result<Answer, String> {
    let request = request(call).map_err(|error| error.to_string())?;
    let response = Fetch::Request(request).send().await.map_err(|error| error.to_string())?;
    let number = |name: &str| response.headers().get(name).ok()??.trim().parse().ok();
    let (retry_after, rate_limit_reset) = (number("retry-after"), number("x-ratelimit-reset"));
    let status = response.status_code();
    let body = read(&response).await.map_err(|problem| format!("{problem:?}"))?;
    let body = body.ok_or_else(|| format!("its answer is longer than {LONGEST} bytes"))?;
    Ok(Answer { status, retry_after, rate_limit_reset, body })
}

fn request(call: &Call) -> worker::Result<Request> {
    let headers = Headers::new();
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    headers.set("accept", "application/json")?;
    let url = match call {
        Call::Token { url, body } => {
            headers.set("content-type", "application/json")?;
            init.with_method(Method::Post).with_body(Some(body.as_str().into()));
            url
        }
        Call::Page { url, authorization } => {
            headers.set("authorization", authorization)?;
            url
        }
    };
    init.with_headers(headers);
    Request::new_with_init(url, &init)
}

async fn read(response: &Response) -> Result<Option<Vec<u8>>, Problem> {
    match response.body() {
        ResponseBody::Stream(stream) => body::whole(Some(stream), LONGEST).await,
        ResponseBody::Body(bytes) => Ok(Some(bytes.clone())),
        ResponseBody::Empty => Ok(Some(Vec::new())),
    }
}
