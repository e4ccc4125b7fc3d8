"""Build the doors of the app; the operators' has a room of its own (`console`)."""

from quart import Blueprint

from companion_app_api.link_page import door as link_page
from companion_app_api.link_page.settings import LinkSettings
from companion_app_api.v1 import blueprint as companion_app_api
from companion_app_api.v1.changes import Changes
from companion_app_api.v1.settings import CallableNumber, DoorSettings
from identity.installations.limits import InstallationLimits
from identity.installations.service import RequestProofs
from kazasu.settings.model import Settings
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.stores import Stores


def companion(
    settings: Settings, identity: IdentitySide, stores: Stores, changes: Changes
) -> Blueprint:
    now = identity.deployment.now
    return companion_app_api.create(
        identity.verbs,
        RequestProofs(
            stores.installations, stores.seen_proofs, InstallationLimits(stores.counters), now
        ),
        changes,
        DoorSettings(
            origin=settings.public_base_url,
            trusted_proxies=settings.trusted_proxies,
            oldest_versions=settings.oldest_app_versions,
            update_urls=settings.app_update_urls,
            businesses=[
                CallableNumber(
                    dialled=number,
                    tenant=identity.deployment.tenants[business.tenant],
                    purposes=business.purposes,
                )
                for number, business in identity.deployment.businesses.items()
            ],
            keyed_codes=identity.deployment.policy.keyed_code,
        ),
    )


def links(settings: Settings, identity: IdentitySide) -> Blueprint:
    return link_page.create(
        LinkSettings(
            business=identity.tenant.name,
            number=identity.tenant.shown_number,
            app_urls=settings.app_update_urls,
            ios_apps=settings.ios_apps,
            android_apps=settings.android_apps,
        )
    )
