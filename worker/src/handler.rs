//! Handlers: functions that may fail, whose problems are answered in the words of the path's surface.

use axum::{
    Extension,
    extract::State,
    response::Response,
    routing::{self, MethodFilter, MethodRouter},
};
use worker::send::SendFuture;

use crate::{error::Problem, incoming::Incoming, site::Site, surface::Surface};

/// A path's answer to GET, and to HEAD.
pub(crate) fn get<F>(surface: Surface, run: F) -> MethodRouter<Site>
where
    F: AsyncFn(&Site, &Incoming) -> Result<Response, Problem> + Clone + Send + Sync + 'static,
{
    on(MethodFilter::GET, surface, run)
}

/// A path's answer to POST.
pub(crate) fn post<F>(surface: Surface, run: F) -> MethodRouter<Site>
where
    F: AsyncFn(&Site, &Incoming) -> Result<Response, Problem> + Clone + Send + Sync + 'static,
{
    on(MethodFilter::POST, surface, run)
}

/// A path's answer to PATCH.
pub(crate) fn patch<F>(surface: Surface, run: F) -> MethodRouter<Site>
where
    F: AsyncFn(&Site, &Incoming) -> Result<Response, Problem> + Clone + Send + Sync + 'static,
{
    on(MethodFilter::PATCH, surface, run)
}

/// A path's answer to DELETE.
pub(crate) fn delete<F>(surface: Surface, run: F) -> MethodRouter<Site>
where
    F: AsyncFn(&Site, &Incoming) -> Result<Response, Problem> + Clone + Send + Sync + 'static,
{
    on(MethodFilter::DELETE, surface, run)
}

fn on<F>(method: MethodFilter, surface: Surface, run: F) -> MethodRouter<Site>
where
    F: AsyncFn(&Site, &Incoming) -> Result<Response, Problem> + Clone + Send + Sync + 'static,
{
    let handler = move |State(site): State<Site>, Extension(incoming): Extension<Incoming>| {
        let run = run.clone();
        // There is one thread, so that what waits for the platform need not be `Send`.
        SendFuture::new(async move {
            run(&site, &incoming).await.unwrap_or_else(|problem| surface.answer(problem))
        })
    };
    routing::on(method, handler)
}
