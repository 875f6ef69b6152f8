//! Functions, operators, types of nodes.

use outcrop_proto::v1::function_service_server::FunctionService;
use outcrop_proto::v1::{
    Function, ListFunctionsRequest, ListFunctionsResponse, ListNodeTypesRequest, ListNodeTypesResponse, NodeType,
};
use tonic::{Request, Response, Status};

use super::{Service, caller, given};

#[tonic::async_trait]
impl FunctionService for Service {
    async fn list_functions(
        &self,
        request: Request<ListFunctionsRequest>,
    ) -> Result<Response<ListFunctionsResponse>, Status> {
        let caller = caller(&request)?;
        let session = self.app.session(&caller, None).await?;
        let kind = given(&request.get_ref().kind);
        let functions = session.functions().into_iter().filter(|f| kind.is_none_or(|kind| f.kind.as_str() == kind));
        let functions = functions.map(|f| Function {
            name: f.name,
            kind: f.kind.as_str().to_owned(),
            family: f.group,
            signature: f.signature,
            description: f.summary,
            documentation: f.doc,
            parameters_schema: f.parameters,
        });
        Ok(Response::new(ListFunctionsResponse { functions: functions.collect() }))
    }

    async fn list_node_types(
        &self,
        request: Request<ListNodeTypesRequest>,
    ) -> Result<Response<ListNodeTypesResponse>, Status> {
        let session = self.app.session(&caller(&request)?, None).await?;
        let types = session.node_types();
        let node_types = types.iter().map(|t| NodeType {
            name: t.name.clone(),
            kind: t.kind.as_str().to_owned(),
            definition: t.to_json().to_string(),
        });
        Ok(Response::new(ListNodeTypesResponse { node_types: node_types.collect() }))
    }
}
