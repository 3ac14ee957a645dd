//! Routes of the gateway, each with the integration and the permission of its function.

use crate::parts::Parts;

/// A line for each route, then an integration and a permission for each function.
pub(crate) fn routes(parts: &[&Parts]) -> Vec<String> {
    let serving: Vec<_> = parts.iter().filter(|part| part.serves()).collect();
    let mut lines = Vec::new();
    for part in &serving {
        let function = part.name();
        for route in part.routes() {
            let key = format!("{} {}", route.method.as_str(), route.path);
            let key = if key.contains('{') { format!("\"{key}\"") } else { key };
            lines.push(format!(
                "{}Route: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref ApiId, RouteKey: {key}, \
                 Target: !Sub \"integrations/${{{function}Integration}}\"}}}}",
                route.name
            ));
        }
    }
    lines.push(String::new());
    for part in &serving {
        let function = part.name();
        lines.push(format!(
            "{function}Integration: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{ApiId: !Ref ApiId, \
             IntegrationType: AWS_PROXY, IntegrationUri: !Ref {function}Function.Alias, \
             PayloadFormatVersion: \"2.0\"}}}}"
        ));
    }
    lines.push(String::new());
    let source = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${ApiId}/*";
    for part in &serving {
        let function = part.name();
        lines.push(format!(
            "{function}Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref \
             {function}Function.Alias, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com, \
             SourceArn: !Sub \"{source}\"}}}}"
        ));
    }
    lines
}
