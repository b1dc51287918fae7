//! Which path is answered by what.

use axum::{Extension, Router, response::Response};

use crate::{
    auth0, cerbos,
    error::{Missing, Problem},
    fga,
    incoming::Incoming,
    oauth,
    site::Site,
    surface::Surface,
    v1,
};

/// All routes. A path that none of them has, and a method that its path has not, are answered by the surface that the
/// path belongs to.
pub(crate) fn router(site: Site) -> Router {
    let router = Router::new()
        .merge(oauth::routes())
        .merge(auth0::routes())
        .merge(fga::routes())
        .merge(cerbos::routes())
        .merge(v1::routes());
    #[cfg(feature = "fault-injection")]
    let router = router.merge(crate::fault::routes());
    #[cfg(feature = "counts")]
    let router = router.merge(crate::counts::routes());
    router.fallback(no_such_path).method_not_allowed_fallback(no_such_method).with_state(site)
}

async fn no_such_path(Extension(incoming): Extension<Incoming>) -> Response {
    Surface::of(&incoming.path).answer(Problem::Missing(Missing::Path))
}

async fn no_such_method(Extension(incoming): Extension<Incoming>) -> Response {
    let allowed = match Surface::of(&incoming.path) {
        Surface::OAuth => "POST",
        _ if incoming.path == "/v1/filter" => "POST",
        Surface::Ours if incoming.path.ends_with("/entries") => "GET, HEAD, POST",
        _ if incoming.path == "/v1/connectors" => "GET, HEAD, POST",
        Surface::Ours if incoming.path.starts_with("/v1/connectors/") => "GET, HEAD, PATCH, DELETE",
        // `/v1/trails/{trail}`
        Surface::Ours if incoming.path.split('/').count() == 4 => "GET, HEAD, PATCH",
        _ => "GET, HEAD",
    };
    Surface::of(&incoming.path).answer(Problem::Method(allowed))
}
