//! Trailsift on Cloudflare: HTTP in the shapes of each surface, credentials, and the objects that own trails.
//!
//! What a trail is lies in `trailsift-trail`, what a query means in `trailsift-core`; here both meet the platform. The
//! stateless front (`front`) answers requests: it knows the surfaces (`surface`), checks who asks, reads
//! bodies and filters entries. The trail object (`trail_object`) only numbers entries and keeps them.
//!
//! A panic anywhere is caught where a request enters, in the front and in the object, and answered as an internal
//! error: see `panics`.

mod auth0;
mod body;
mod bucket;
mod cerbos;
mod clock;
mod connector_object;
#[cfg(feature = "counts")]
mod counts;
mod credentials;
mod error;
#[cfg(feature = "fault-injection")]
mod fault;
mod fga;
mod front;
mod handler;
mod incoming;
mod ndjson;
mod oauth;
mod object_call;
mod outbound;
mod packed;
mod paging;
mod panics;
mod parameters;
mod proving;
mod query;
mod random;
mod reading;
mod reply;
mod routes;
mod signing;
mod site;
mod surface;
mod tenant_object;
mod trail_client;
mod trail_object;
mod v1;
