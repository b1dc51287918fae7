//! One trail, as the stateless front sees it: what can be asked of its object.

use std::{cell::RefCell, rc::Rc};

use trailsift_proof::{Hash, tree::Node};
use trailsift_trail::{
    directory::ReceivedBy,
    segment::Decoded,
    sequencer::{Incoming, Receipt},
    time::Millis,
    tree,
    wire::{self, Reply, Request, Source, Trail},
};
use worker::{ObjectNamespace, console_error};

use crate::{
    bucket::Segments,
    error::{Missing, Problem},
    object_call,
    site::Site,
    tenant_object,
};

/// A segment that was read, with the hash of its object.
pub(crate) type ReadSegment = (Hash, Rc<Decoded>);

/// A trail of a tenant, which may not exist yet.
#[derive(Clone)]
pub(crate) struct TrailClient {
    objects: ObjectNamespace,
    pub(crate) tenant: String,
    pub(crate) name: String,
    /// Its sealed segments.
    pub(crate) segments: Rc<Segments>,
    /// The one that was read last, by its hash: entries that are asked for one by one often lie beside each other.
    pub(crate) last_segment: Rc<RefCell<Option<ReadSegment>>>,
}

/// How an append ended.
pub(crate) enum Appended {
    /// It is durable.
    Done(Receipt),
    /// Nothing was appended: the trail has this schema.
    OtherSchema(String),
    /// Nothing was appended: the ids of the entries at these places, from 0, belong to others.
    TakenIds(Vec<usize>),
}

impl TrailClient {
    /// The trail of that name.
    ///
    /// # Errors
    /// When the deployment has no trail objects.
    pub(crate) fn new(site: &Site, tenant: &str, name: &str) -> Result<Self, Problem> {
        Ok(Self {
            objects: site.trails()?,
            tenant: tenant.to_owned(),
            name: name.to_owned(),
            segments: Rc::new(Segments::new(site, tenant, name)?),
            last_segment: Rc::default(),
        })
    }

    /// What the object answers, and what follows the answer's head.
    ///
    /// # Errors
    /// [`Problem::Missing`] when there is no such trail; everything that [`object_call::call`] gives.
    pub(crate) async fn ask(&self, message: &[u8]) -> Result<(Reply, Vec<u8>), Problem> {
        // A trail's name holds no NUL: what stands behind the last one is the name, whatever the tenant's is.
        let object = format!("{}\0{}", self.tenant, self.name);
        let mut answer = object_call::call(&self.objects, &object, message, "trail object").await?;
        let (reply, rest) = wire::split::<Reply>(&answer).map_err(Problem::internal)?;
        match reply {
            Reply::NoTrail => Err(Problem::Missing(Missing::Trail)),
            Reply::Failed { reason } => Err(Problem::Internal(format!("trail object: {reason}"))),
            reply => {
                let head = answer.len() - rest.len();
                answer.drain(..head);
                Ok((reply, answer))
            }
        }
    }

    async fn ask_alone(&self, request: &Request) -> Result<Reply, Problem> {
        let message = wire::message(request, 0).map_err(Problem::internal)?;
        Ok(self.ask(&message).await?.0)
    }

    /// What the trail is.
    ///
    /// # Errors
    /// [`Problem::Missing`] when there is none.
    pub(crate) async fn describe(&self) -> Result<Trail, Problem> {
        match self.ask_alone(&Request::Describe).await? {
            Reply::Trail(trail) => Ok(trail),
            reply => Err(unexpected(&reply)),
        }
    }

    /// The number of the entry with that id.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn find(&self, id: &str) -> Result<Option<u64>, Problem> {
        match self.ask_alone(&Request::Find { id: id.to_owned() }).await? {
            Reply::Number(number) => Ok(number),
            reply => Err(unexpected(&reply)),
        }
    }

    /// The hashes of subtrees of the trail's tree, or why they are not known, in the order that was asked for.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn hashes(
        &self,
        nodes: Vec<Node>,
    ) -> Result<Vec<Result<Hash, tree::Missing>>, Problem> {
        match self.ask_alone(&Request::Hashes { nodes }).await? {
            Reply::Hashes(hashes) => Ok(hashes),
            reply => Err(unexpected(&reply)),
        }
    }

    /// Where the last entry received by then is.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn received_by(&self, then: Millis) -> Result<ReceivedBy, Problem> {
        match self.ask_alone(&Request::ReceivedBy { then }).await? {
            Reply::ReceivedBy(place) => Ok(place),
            reply => Err(unexpected(&reply)),
        }
    }

    /// Sets how long entries are kept, in milliseconds after they were received; for ever with none.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn retain(&self, age: Option<Millis>) -> Result<Trail, Problem> {
        match self.ask_alone(&Request::Retain(age)).await? {
            Reply::Trail(trail) => Ok(trail),
            reply => Err(unexpected(&reply)),
        }
    }

    /// How far a connector has read into the trail, which may not be there yet.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn source(&self, name: &str) -> Result<Option<String>, Problem> {
        match self.ask_alone(&Request::Source { name: name.to_owned() }).await? {
            Reply::Source(checkpoint) => Ok(checkpoint),
            reply => Err(unexpected(&reply)),
        }
    }

    /// Appends entries that were checked against a schema; for a connector together with how far it has read.
    ///
    /// # Errors
    /// As [`Self::ask`], and what speaks against the append; nothing is stored then.
    pub(crate) async fn append(
        &self,
        site: &Site,
        schema: &str,
        entries: &[Incoming<'_>],
        source: Option<Source>,
    ) -> Result<Appended, Problem> {
        let head = Request::Append { schema: schema.to_owned(), count: entries.len(), source };
        let bytes = entries.iter().map(|entry| entry.bytes.len() + 96).sum();
        let mut message = wire::message(&head, bytes).map_err(Problem::internal)?;
        for entry in entries {
            wire::push_entry(&mut message, entry).map_err(Problem::internal)?;
        }
        match self.ask(&message).await?.0 {
            Reply::Appended { receipt, listed } => {
                if !listed {
                    self.list(site, schema).await?;
                }
                Ok(Appended::Done(receipt))
            }
            Reply::OtherSchema { schema } => Ok(Appended::OtherSchema(schema)),
            Reply::TakenIds { places } => Ok(Appended::TakenIds(places)),
            Reply::KeyReused { place } => Err(Problem::KeyReused { place }),
            Reply::Behind => Err(Problem::Unavailable),
            Reply::Full => Err(Problem::Full),
            reply => Err(unexpected(&reply)),
        }
    }

    /// Puts the trail on its tenant's list. Until that is done every append tries again: the list is never behind an
    /// append that was acknowledged.
    async fn list(&self, site: &Site, schema: &str) -> Result<(), Problem> {
        tenant_object::register(site, &self.tenant, &self.name, schema).await?;
        match self.ask_alone(&Request::Listed).await? {
            Reply::Done => Ok(()),
            reply => Err(unexpected(&reply)),
        }
    }
}

pub(crate) fn unexpected(reply: &Reply) -> Problem {
    console_error!("the trail object answered out of turn: {reply:?}");
    Problem::Internal("the trail object answered out of turn".to_owned())
}
