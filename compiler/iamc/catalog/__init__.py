"""The action database: what AWS's services, actions, resource types and condition keys are."""

from iamc.catalog.load import Catalog, load_catalog
from iamc.catalog.model import (
    Action,
    ActionResource,
    CatalogError,
    CatalogIdentity,
    ConditionKey,
    Level,
    ResourceType,
    Service,
)

__all__ = [
    "Action",
    "ActionResource",
    "Catalog",
    "CatalogError",
    "CatalogIdentity",
    "ConditionKey",
    "Level",
    "ResourceType",
    "Service",
    "load_catalog",
]
