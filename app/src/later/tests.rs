use domain::{CampaignKind, sending::Step};

use super::is_later;
use crate::routes::Route;

/// Each page of the application, and whether its code is fetched later. The match is there to stop whoever adds one.
fn expected(route: &Route) -> bool {
    match route {
        Route::Campaigns(_) | Route::Report(..) | Route::Details(_) | Route::SignIn => false,
        Route::Edit(..)
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
        | Route::Activity => true,
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
        assert_eq!(is_later(path), expected(&route), "{path}");
    }
    for path in ["/", "/setup", "/campaigns", "/campaigns/42/details", "/contactless"] {
        assert!(!is_later(path), "{path}");
    }
    assert!(is_later("/contacts/"));
}
