//! Pictures.

use outcrop_proto::v1::plot_service_server::PlotService;
use outcrop_proto::v1::{PictureFormat as Asked, PlotRequest, PlotResponse};
use serde_json::Map;
use tonic::{Request, Response, Status};

use super::{Service, caller, given};
use crate::draw::{PictureFormat, Wanted};
use crate::error::Refusal;
use crate::queries::within;

#[tonic::async_trait]
impl PlotService for Service {
    async fn plot(&self, request: Request<PlotRequest>) -> Result<Response<PlotResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let draw =
            self.app.draw.clone().ok_or_else(|| Refusal::Unsupported("this server draws no pictures".to_owned()))?;
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let options = match given(&asked.options) {
            Some(text) => serde_json::from_str(text)
                .map_err(|e| Refusal::Invalid(format!("the options are not a JSON object: {e}")))?,
            None => Map::new(),
        };
        let (format, media_type) = match asked.format() {
            Asked::Unspecified | Asked::Svg => (PictureFormat::Svg, "image/svg+xml"),
            Asked::Png => (PictureFormat::Png, "image/png"),
            Asked::Pdf => (PictureFormat::Pdf, "application/pdf"),
        };
        let sql = given(&asked.sql).map(str::to_owned);
        let place = self.app.queries.enter(&self.app, &caller, None)?;
        let wanted = Wanted { kind: asked.kind, sql, options, format };
        let drawn = async { draw.draw(session, wanted).await.map_err(Refusal::Invalid) };
        let picture = within(&place, &self.app.limits, drawn).await?;
        Ok(Response::new(PlotResponse { picture: picture.into(), media_type: media_type.to_owned() }))
    }
}
