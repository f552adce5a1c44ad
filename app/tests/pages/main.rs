//! Pages as the server writes them, over a backend of examples: what is read without scripts.

#![expect(clippy::expect_used, reason = "a test that can't go on ends there")]

mod backend;

use std::sync::Arc;

use app::{App, backend::Backend};
use backend::Examples;
use domain::user::Role;
use futures::StreamExt;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;

/// The page at a path, as somebody with this role gets it.
fn page(path: &str, role: Role) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        // Names the runtime's spawner to the views, as the server does when it starts.
        leptos_axum::generate_route_list(App);
        let owner = Owner::new();
        let html = owner.with(|| {
            provide_context::<Arc<dyn Backend>>(Arc::new(Examples::new(role)));
            provide_context(RequestUrl::new(path));
            ScopedFuture::new(App().to_html_stream_in_order().collect::<String>())
        });
        // Without the marks between texts.
        html.await.replace("<!>", "")
    })
}

#[track_caller]
fn assert_shows(html: &str, wanted: &[&str]) {
    for text in wanted {
        assert!(html.contains(text), "no {text:?} in {html}");
    }
}

#[track_caller]
fn assert_hides(html: &str, unwanted: &[&str]) {
    for text in unwanted {
        assert!(!html.contains(text), "{text:?} in {html}");
    }
}

#[test]
fn people_have_figures_consents_and_pages() {
    let html = page("/contacts?q=ana", Role::Editor);
    assert_shows(
        &html,
        &[
            "1,204",
            "can be reached · 12 blocked",
            "Ana Ruiz",
            "+34…22",
            "WhatsApp: answered stop",
            "Autumn list",
            "value=\"ana\"",
            "/contacts?q=ana&amp;cursor=next",
            "New contact",
        ],
    );
    let viewer = page("/contacts", Role::Viewer);
    assert_hides(&viewer, &["New contact", "Import a file", "tab=imports"]);
}

#[test]
fn lists_and_blocklist_offer_what_a_role_may_do() {
    assert_shows(
        &page("/contacts?tab=lists", Role::Editor),
        &[
            "Autumn list",
            "1,204 people",
            "/contacts?list=l_1",
            "Delete this list?",
        ],
    );
    assert_hides(
        &page("/contacts?tab=lists", Role::Viewer),
        &["Delete this list?", "Create list"],
    );
    let admin = page("/contacts?tab=blocklist&channel=email", Role::Admin);
    assert_shows(
        &admin,
        &[
            "Address doesn't exist",
            "550 no such user",
            "off the blocklist?",
        ],
    );
    let editor = page("/contacts?tab=blocklist", Role::Editor);
    assert_shows(&editor, &["Block an address"]);
    assert_hides(&editor, &["off the blocklist?"]);
}

#[test]
fn a_contact_is_a_form_that_never_sends_a_masked_address_back() {
    let admin = page("/contacts/p_1", Role::Admin);
    assert_shows(
        &admin,
        &[
            "value=\"+34…22\"",
            "names[r0]",
            "value=\"city\"",
            "Delete this contact?",
            "Answered STOP",
        ],
    );
    let editor = page("/contacts/p_1", Role::Editor);
    assert_shows(
        &editor,
        &["placeholder=\"+34…22\"", "Left empty, they stay"],
    );
    assert_hides(&editor, &["value=\"+34…22\"", "Delete this contact?"]);
    assert_shows(
        &page("/contacts/nobody", Role::Admin),
        &["There is no page at this address"],
    );
    assert_shows(&page("/contacts/new", Role::Editor), &["Add contact"]);
    assert_shows(
        &page("/contacts/new", Role::Viewer),
        &["Ask an admin for that role"],
    );
}

#[test]
fn an_import_says_where_it_stands() {
    assert_shows(
        &page("/contacts?tab=imports", Role::Editor),
        &["people.csv", "/contacts/imports/i_checked", "Checked"],
    );
    assert_shows(
        &page("/contacts/imports/new", Role::Editor),
        &[
            "action=\"/contacts/import\"",
            "multipart/form-data",
            "type=\"file\"",
        ],
    );
    assert_shows(
        &page("/contacts/imports/i_uploaded", Role::Editor),
        &[
            "columns[c1]",
            "value=\"last_order\"",
            "2026-10-01",
            "Only tick what you can prove",
            ">Check<",
        ],
    );
    assert_shows(
        &page("/contacts/imports/i_running", Role::Editor),
        &[
            "<progress",
            "value=\"400\" max=\"1000\"",
            "400 rows of 1,000 done.",
        ],
    );
    assert_shows(
        &page("/contacts/imports/i_checked", Role::Editor),
        &[
            "Import 990 people",
            "The first 1 of 10 errors",
            "/contacts/imports/i_checked/errors.csv",
            "Not a number of Spain",
        ],
    );
    assert_shows(
        &page("/contacts/imports/i_done", Role::Editor),
        &[
            "990 people imported",
            "Show the list Autumn list",
            "/contacts?list=l_1",
        ],
    );
    assert_shows(
        &page("/contacts/imports/i_failed", Role::Editor),
        &["The file ends in the middle of a row.", "Upload it again"],
    );
}

#[test]
fn carriers_are_managed_by_admins_alone_and_no_secret_is_shown() {
    let list = page("/settings/carriers", Role::Admin);
    assert_shows(
        &list,
        &[
            "Twilio main",
            "SMS, WhatsApp, RCS",
            "1,203 events, 2 not understood (0.2%)",
            "Trouble",
        ],
    );
    for path in [
        "/settings/carriers",
        "/settings/carriers/new",
        "/settings/carriers/a_1",
        "/settings/activity",
    ] {
        let html = page(path, Role::Editor);
        assert_shows(&html, &["nly admins"]);
        assert_hides(&html, &["Twilio main", "ana@example.org did"]);
    }
    let account = page("/settings/carriers/a_1", Role::Admin);
    assert_shows(
        &account,
        &[
            "/hooks/7f",
            "fields[account_sid]",
            "value=\"AC1\"",
            "type=\"password\"",
            "Leave empty to keep",
            "Check connection",
            "Send a test event",
            "Authentication failed",
        ],
    );
    assert_shows(
        &page("/settings/carriers/new", Role::Admin),
        &["protocol=smtp", "Amazon SES"],
    );
    let form = page("/settings/carriers/new?protocol=smtp", Role::Admin);
    assert_shows(
        &form,
        &["fields[host]", "fields[password]", "Senders, one to a line"],
    );
    assert_shows(
        &page("/settings/activity", Role::Admin),
        &["Campaign launched", "Token CI", "cursor=older"],
    );
}

#[test]
fn a_campaign_that_waits_is_sent_scheduled_or_edited() {
    let pending = page("/campaigns/c_pending/details", Role::Editor);
    assert_shows(
        &pending,
        &[
            "Send to 1,130 people now?",
            "It goes to 1,130 people as things stand; 10% of them are held back to compare with.",
            " sale",
            ">Schedule<",
            "/campaigns/c_pending/edit/summary",
            "Delete this campaign?",
        ],
    );
    assert_hides(
        &pending,
        &[
            "Point events at this campaign",
            "Mark as sending",
            "Back to pending",
        ],
    );
    let scheduled = page("/campaigns/c_scheduled/details", Role::Editor);
    assert_shows(
        &scheduled,
        &["Change date", "Back to pending", "2026-11-27T10:00"],
    );
    let missing = page("/campaigns/c_missing/details", Role::Editor);
    assert_shows(
        &missing,
        &[
            "Not complete yet",
            "Choose whom it is for.",
            "/campaigns/c_missing/edit/recipients",
        ],
    );
    let lacking = page("/campaigns/c_lacking/details", Role::Editor);
    assert_shows(
        &lacking,
        &[
            "Ready to go out",
            "1,100 of 1,130 recipients have no value for code and would get no message",
            "href=\"/contacts/k1\"",
            "a…@example.com",
            "{{ code | default(\"…\") }}",
        ],
    );
    assert_hides(
        &page("/campaigns/c_pending/details", Role::Editor),
        &["have no value for"],
    );
    let viewer = page("/campaigns/c_pending/details", Role::Viewer);
    assert_hides(&viewer, &["Send now", ">Schedule<", ">Edit<"]);
}

#[test]
fn a_campaign_on_its_way_says_how_far_it_is() {
    let html = page("/campaigns/c_sending/details", Role::Editor);
    assert_shows(
        &html,
        &[
            "value=\"480\" max=\"1000\"",
            "5 min",
            "Refused by the carrier",
            "Suspend",
            "Cancel the rest of this campaign?",
            "3 messages held",
            "value=\"take_as_sent\"",
            "Send again: all held messages?",
        ],
    );
    let viewer = page("/campaigns/c_sending/details", Role::Viewer);
    assert_shows(&viewer, &["5 min", "3 messages held"]);
    assert_hides(&viewer, &["Suspend<", "Cancel the rest", "take_as_sent"]);
    let unsent = page("/campaigns/c_unsent/details", Role::Editor);
    assert_shows(
        &unsent,
        &[
            ">Nothing was sent<",
            "value=\"0\" max=\"1000\"",
            "No value for code",
            "990",
            "Unsubscribed",
        ],
    );
    assert_hides(&unsent, &[">Sent<"]);
    let suspended = page("/campaigns/c_suspended/details", Role::Editor);
    assert_shows(&suspended, &["Resume", "The carrier refuses the password."]);
}

#[test]
fn a_campaign_of_another_platform_keeps_its_page() {
    let html = page("/campaigns/c_other/details", Role::Editor);
    assert_shows(
        &html,
        &[
            "Mark as sending",
            "Point events at this campaign",
            "Set date",
        ],
    );
    assert_hides(&html, &["Send now", "/edit/"]);
}

#[test]
fn a_report_has_previews_replies_history_and_follow_ups() {
    let overview = page("/reports/messaging/c_sending?tab=overview", Role::Editor);
    assert_shows(
        &overview,
        &[
            "<strong>Big</strong>",
            "Shop now",
            "No value for: city",
            "value=\"not_opened\"",
            "Those who did not read it",
            "STOP",
            "please stop",
            "3 messages are held",
        ],
    );
    assert_hides(
        &page("/reports/messaging/c_sending?tab=overview", Role::Viewer),
        &["Write again"],
    );
    let mail = page("/reports/messaging/c_mail?tab=overview", Role::Viewer);
    assert_shows(
        &mail,
        &[
            "sandbox=\"\"",
            "src=\"/campaigns/c_mail/preview/A\"",
            "Plain text",
        ],
    );
    let uplift = page("/reports/messaging/c_mail", Role::Viewer);
    assert_shows(
        &uplift,
        &[
            "Uplift over the holdout",
            "The campaign raised conversions by 3.8 points (",
            "Version B",
            "Held out",
            "baseline",
            "what 3 people did",
        ],
    );
    assert_hides(
        &page("/reports/messaging/c_other", Role::Viewer),
        &["Uplift over the holdout"],
    );
    let history = page(
        "/reports/messaging/c_sending?tab=recipients&message=m1",
        Role::Viewer,
    );
    assert_shows(
        &history,
        &["Message ", "Soft failed", "by a machine", "message=m1"],
    );
    let other = page("/reports/messaging/c_other?tab=overview", Role::Editor);
    assert_hides(&other, &["<iframe", "Variant", "are held"]);
}
