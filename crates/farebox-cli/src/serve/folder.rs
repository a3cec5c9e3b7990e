//! A folder behind the gate.

use std::convert::Infallible;
use std::path::Path;

use axum::body::Body;
use http::{Request, Response};
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::services::ServeDir;

use super::origin::Backend;

/// Serves files, and `index.html` for a folder. Symbolic links are followed; hidden files are refused before this.
pub(crate) fn service(folder: &Path) -> Backend {
    let files = ServeDir::new(folder);
    let service = ServiceBuilder::new().service(files);
    let service = service.map_request(|request: Request<Body>| request);
    let service = service.map_response(|response: Response<_>| response.map(Body::new));
    BoxCloneSyncService::new(service.map_err(|never: Infallible| match never {}))
}
