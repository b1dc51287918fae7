//! A request as handlers see it. The body is not read yet.

use http::{HeaderMap, Method, Uri, header};
use worker::{Request, send::SendWrapper};

use crate::{
    error::{Missing, Problem},
    parameters,
};

/// A request.
#[derive(Clone)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// The path as it came, percent-encoded.
    pub(crate) path: String,
    /// What follows the first `?`, as it came.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// Scheme and authority under which the client reached us: `http://127.0.0.1:8787`.
    pub(crate) origin: String,
    /// The authority alone.
    pub(crate) host: String,
    /// The body's stream, if there is one.
    pub(crate) body: Option<SendWrapper<web_sys::ReadableStream>>,
}

impl Incoming {
    /// What the platform hands over; `None` when its URL has no meaning to us.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let raw = request.inner();
        let url = raw.url();
        // Cut by hand: the query is not to be read by rules of somebody else's.
        let (scheme, rest) = url.split_once("://")?;
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, rest) = rest.split_at_checked(at)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers() {
            if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
                headers.append(name, value);
            }
        }
        Some(Self {
            method: raw.method().parse().ok()?,
            path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
            query: query.to_owned(),
            headers,
            origin: format!("{scheme}://{host}"),
            host: host.to_owned(),
            body: raw.body().map(SendWrapper::new),
        })
    }

    /// A header's text; the first of several, nothing where it is not visible ASCII.
    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A segment of the path, decoded; the first is 0.
    ///
    /// # Errors
    /// [`Problem::Missing`] where there is none or it is not UTF-8.
    pub(crate) fn segment(&self, index: usize) -> Result<String, Problem> {
        let missing = || Problem::Missing(Missing::Path);
        let segment = self.path.split('/').nth(index + 1).ok_or_else(missing)?;
        // A plus sign is itself in a path.
        parameters::decode(&segment.replace('+', "%2B")).map_err(|_| missing())
    }

    /// Method and path for the router, which never sees query or body.
    pub(crate) fn route(&self) -> Option<http::Request<axum::body::Body>> {
        let uri: Uri = self.path.parse().ok()?;
        http::Request::builder()
            .method(self.method.clone())
            .uri(uri)
            .extension(self.clone())
            .body(axum::body::Body::empty())
            .ok()
    }
}
