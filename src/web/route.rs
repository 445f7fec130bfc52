//! A path and its methods: HEAD goes with GET, and any other is answered with 405 and `Allow` (RFC 9110, 15.5.6).

use super::refusal::{endpoint, logged};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::transport;
use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::header;
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route, web};

/// Paths, in the order in which they are looked for. Data before they are routes, so that they can be counted.
#[derive(Default)]
pub(super) struct Table(Vec<At>);

/// A path being described.
pub(super) struct At {
    path: &'static str,
    resource: Resource,
    allowed: Vec<&'static str>,
    otherwise: Option<Route>,
}

/// This path.
pub(super) fn at(path: &'static str) -> At {
    At { path, resource: web::resource(path), allowed: Vec::new(), otherwise: None }
}

impl At {
    /// Answers GET, and HEAD with it. Whatever does has a name in the resource map, and nothing else has: so it is known
    /// which pages a browser can be sent back to.
    pub fn get<F, Args>(mut self, answer: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let resource = self.resource.name(self.path);
        self.resource = resource.route(web::get().to(answer.clone())).route(web::head().to(answer));
        self.allowed.extend(["GET", "HEAD"]);
        self
    }

    /// Answers POST.
    pub fn post<F, Args>(mut self, answer: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.route(web::post().to(answer));
        self.allowed.push("POST");
        self
    }

    /// Answers PUT.
    pub fn put<F, Args>(mut self, answer: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.route(web::put().to(answer));
        self.allowed.push("PUT");
        self
    }

    /// Answers DELETE.
    pub fn delete<F, Args>(mut self, answer: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.route(web::delete().to(answer));
        self.allowed.push("DELETE");
        self
    }

    /// Answers the other methods in words of its own.
    pub fn otherwise<F, Args>(mut self, answer: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.otherwise = Some(web::to(answer));
        self
    }
}

impl Table {
    /// And this one.
    pub fn service(mut self, at: At) -> Table {
        self.0.push(at);
        self
    }

    /// Makes them routes.
    pub fn register(self, config: &mut ServiceConfig) {
        for at in self.0 {
            config.service(at);
        }
    }

    /// What there is.
    pub fn paths(self) -> Vec<(&'static str, Vec<&'static str>)> {
        self.0.into_iter().map(|at| (at.path, at.allowed)).collect()
    }
}

impl HttpServiceFactory for At {
    fn register(self, config: &mut AppService) {
        let allowed = self.allowed.join(", ");
        let usual = move |request: HttpRequest| {
            let refusal = OAuthError::of(transport::METHOD).sent(request.method().as_str());
            logged(&refusal.in_place("The endpoint", [&allowed]), &endpoint(&request));
            let refusal = HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed.clone())).finish();
            std::future::ready(refusal)
        };
        self.resource.default_service(self.otherwise.unwrap_or_else(|| web::to(usual))).register(config);
    }
}
