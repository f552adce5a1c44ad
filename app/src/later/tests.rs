use domain::{CampaignKind, sending::Step};

use super::Part;
use crate::routes::Route;

/// Each page of the application, and the part its code is in. The match is there to stop whoever adds one.
fn expected(route: &Route) -> Option<Part> {
    match route {
        Route::Campaigns(_) | Route::SignIn => None,
        Route::Report(..) => Some(Part::Report),
        Route::Details(_)
        | Route::Edit(..)
        | Route::NewCampaign(_)
        | Route::Contacts
        | Route::Contact(_)
        | Route::NewContact
        | Route::Import(_)
        | Route::NewImport
        | Route::Settings
        | Route::Carriers
        | Route::Carrier(_)
        | Route::NewCarrier
        | Route::Activity => Some(Part::Office),
    }
}

#[test]
fn the_address_tells_which_part_a_page_is_in() {
    let id = || "new".to_owned();
    let routes = [
        Route::tab(CampaignKind::Messaging),
        Route::Report(CampaignKind::Interactive, id()),
        Route::Details("42".to_owned()),
        Route::Edit("42".to_owned(), Step::Detail),
        Route::NewCampaign(CampaignKind::Messaging),
        Route::Contacts,
        Route::Contact(id()),
        Route::NewContact,
        Route::Import(id()),
        Route::NewImport,
        Route::Settings,
        Route::Carriers,
        Route::Carrier(id()),
        Route::NewCarrier,
        Route::Activity,
        Route::SignIn,
    ];
    for route in routes {
        let href = route.href();
        let path = href.split('?').next().unwrap();
        assert_eq!(Part::of(path), expected(&route), "{path}");
    }
    for path in [
        "/",
        "/setup",
        "/reports",
        "/reports/messaging/",
        "/contactless",
    ] {
        assert_eq!(Part::of(path), None, "{path}");
    }
    assert_eq!(Part::of("/contacts/"), Some(Part::Office));
}
