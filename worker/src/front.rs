//! Where a request enters the stateless front.

use axum::{body::Body, response::Response};
use tower_service::Service;
use worker::{Context, Env, Request, event};

use crate::{
    error::{Missing, Problem},
    incoming::Incoming,
    panics, routes,
    site::Site,
    surface::Surface,
};

#[event(fetch)]
async fn fetch(
    request: Request,
    env: Env,
    _context: Context,
) -> worker::Result<http::Response<Body>> {
    let surface = Surface::of(&request.path());
    let answer = panics::caught(answer(&request, env)).await;
    Ok(answer.unwrap_or_else(|panic| surface.answer(Problem::Internal(panic))))
}

async fn answer(request: &Request, env: Env) -> Response {
    let unroutable = || Surface::of(&request.path()).answer(Problem::Missing(Missing::Path));
    let Some(routed) = Incoming::of(request).and_then(|incoming| incoming.route()) else {
        return unroutable();
    };
    let Ok(response) = routes::router(Site::new(env)).call(routed).await;
    response
}
