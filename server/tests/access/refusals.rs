//! What server functions answer when they refuse: to scripts, and to forms without them.

use app::error::AppError;
use domain::{CampaignType, Refusal, user::Role};
use http::{Method, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;

use crate::house::{Answer, House, form, request, serde_urlencoded, with_cookie};

/// A house with an admin and a viewer, and a campaign.
struct Home {
    house: House,
    campaign: String,
    admin: String,
    viewer: String,
}

impl Home {
    async fn new() -> Self {
        let house = House::empty(&[]).await;
        let ws = house.workspace("w").await;
        house.person(ws, "admin@x.de", Role::Admin).await;
        house.person(ws, "viewer@x.de", Role::Viewer).await;
        let campaign = house.campaign(ws, CampaignType::Sms).await;
        let admin = house.sign_in("admin@x.de").await;
        let viewer = house.sign_in("viewer@x.de").await;
        let home = Self {
            house,
            campaign,
            admin,
            viewer,
        };
        let list = home
            .by_script("create_list", "name=taken", &home.admin)
            .await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.body);
        home
    }

    async fn by_script(&self, name: &str, args: &str, cookie: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let mut request = request(Method::POST, path_of(name), kind, args);
        let accepted = "application/json".parse().unwrap();
        request.headers_mut().insert(header::ACCEPT, accepted);
        self.house.send(with_cookie(request, cookie)).await
    }

    /// As a browser without scripts does, from this page.
    async fn by_form(&self, name: &str, args: &str, cookie: &str, referer: &str) -> Answer {
        let mut request = form(path_of(name), args);
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, "text/html,*/*;q=0.8".parse().unwrap());
        if !referer.is_empty() {
            let referer = format!("http://reports.example{referer}");
            headers.insert(header::REFERER, referer.parse().unwrap());
        }
        self.house.send(with_cookie(request, cookie)).await
    }

    async fn account(&self, protocol: &str, more: &str) -> String {
        let args = format!("id=&name=Account&protocol={protocol}&senders=&per_second={more}");
        let made = self
            .by_form("save_account", &args, &self.admin, "/settings/carriers/new")
            .await;
        assert_eq!(made.status, StatusCode::FOUND, "{}", made.body);
        made.header("location").to_owned()
    }
}

fn path_of(name: &str) -> &'static str {
    let mut paths = server_fn_paths().map(|(path, _)| path);
    let is_it = |path: &&str| app::ui::name_of(path) == name;
    paths.find(is_it).expect("a server function of this name")
}

#[tokio::test]
async fn a_refusal_has_its_own_status_for_scripts_and_for_forms() {
    let home = Home::new().await;
    let id = &home.campaign;
    let details = format!("/campaigns/{id}/details");
    let edit = format!("/campaigns/{id}/edit/detail");
    let admin = home.admin.as_str();
    let step = |more: &str| format!("id={id}&step=detail&fields[name]=n&{more}");
    let account = "id=&name=n&senders=&per_second=";
    for (name, args, cookie, page, status, says) in [
        // From the function itself, before and beside the backend.
        (
            "save_step",
            step("revision=7"),
            admin,
            edit.as_str(),
            409,
            "was changed in another window",
        ),
        (
            "save_step",
            step("revision=0&go=up"),
            admin,
            &edit,
            422,
            "use a button of the page",
        ),
        (
            "save_step",
            "id=none&step=detail&revision=0".to_owned(),
            admin,
            &edit,
            404,
            "There is no such",
        ),
        (
            "save_account",
            format!("{account}many&protocol=sandbox"),
            admin,
            "/settings/carriers/new?protocol=sandbox",
            422,
            "Give a number from 1 to 10,000.",
        ),
        (
            "reschedule",
            format!("id={id}&at=soon"),
            admin,
            &details,
            422,
            "give a day and a time",
        ),
        (
            "launch_campaign",
            format!("id={id}&when=at&at=soon"),
            admin,
            &details,
            422,
            "give a day and a time",
        ),
        (
            "launch_campaign",
            format!("id={id}&when=perhaps"),
            admin,
            &details,
            422,
            "choose now, a date or later",
        ),
        // From the backend.
        (
            "launch_campaign",
            format!("id={id}&when=now"),
            admin,
            &details,
            409,
            "Choose",
        ),
        (
            "change_status",
            format!("id={id}&status=live"),
            admin,
            &details,
            409,
            "cannot",
        ),
        (
            "change_status",
            "id=none&status=pending".to_owned(),
            admin,
            &details,
            404,
            "There is no such campaign.",
        ),
        (
            "create_list",
            "name=taken".to_owned(),
            admin,
            "/contacts?tab=lists",
            409,
            "taken",
        ),
        (
            "create_list",
            "name=".to_owned(),
            admin,
            "/contacts?tab=lists",
            422,
            "name",
        ),
        (
            "change_password",
            "current=wrong+horse&new=another+horse+battery".to_owned(),
            admin,
            "/settings",
            422,
            "password",
        ),
        (
            "change_status",
            format!("id={id}&status=pending"),
            &home.viewer,
            &details,
            403,
            "Your role does not allow this.",
        ),
        // What can't be read at all.
        (
            "change_status",
            format!("id={id}&status=upside_down"),
            admin,
            &details,
            400,
            "reload the page",
        ),
    ] {
        let about = format!("{name} {args}");
        let answer = home.by_script(name, &args, cookie).await;
        assert_eq!(answer.status.as_u16(), status, "{about}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json", "{about}");
        let error: AppError = serde_json::from_str(&answer.body).expect(&about);
        assert_eq!(error.http_status(), status, "{about}");
        assert!(!answer.headers.contains_key(header::LOCATION), "{about}");

        let answer = home.by_form(name, &args, cookie, page).await;
        assert_eq!(answer.status.as_u16(), status, "{about} as a form");
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{about}"
        );
        assert!(!answer.headers.contains_key(header::LOCATION), "{about}");
        assert_eq!(answer.header("cache-control"), "no-store", "{about}");
        // Viewers have no form that would say it.
        if cookie == admin && !says.is_empty() && !args.contains("id=none") {
            assert!(
                answer.body.contains(says),
                "{about} doesn't say {says}: {}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_by_a_form_and_told_401_by_a_script() {
    let home = Home::new().await;
    for args in ["name=n", "name="] {
        let answer = home.by_script("create_list", args, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        let error: AppError = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(error, Refusal::Unauthenticated.into());
        let answer = home
            .by_form("create_list", args, "", "/contacts?tab=lists")
            .await;
        assert_eq!(answer.status, StatusCode::FOUND);
        let back = "/sign-in?next=%2Fcontacts%3Ftab%3Dlists";
        assert_eq!(answer.header("location"), back);
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_no_secret() {
    let home = Home::new().await;
    let page = "/settings/carriers/new?protocol=twilio";
    let typed = serde_urlencoded(&[
        ("id", ""),
        ("protocol", "twilio"),
        ("name", "Our \"Twilio\""),
        ("fields[account_sid]", "AC1234"),
        ("fields[auth_token]", "never-to-be-seen"),
        ("senders", "+34600000001\r\n<AURORA>"),
        ("per_second", "many"),
    ]);
    let answer = home
        .by_form("save_account", &typed, &home.admin, page)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        "Our &quot;Twilio&quot;",
        "AC1234",
        "+34600000001\r\n&lt;AURORA&gt;",
        "value=\"many\"",
    ] {
        assert!(
            answer.body.contains(kept),
            "{kept} is gone: {}",
            answer.body
        );
    }
    assert!(!answer.body.contains("never-to-be-seen"));
    assert!(answer.body.contains("Give a number from 1 to 10,000."));
    // The page knows its own address, and its forms do.
    let own = page.replace('&', "&amp;");
    assert!(
        answer.body.contains(&format!("data-page=\"{own}\"")),
        "{}",
        answer.body
    );
    assert!(
        answer
            .body
            .contains(&format!("name=\"__page\" value=\"{own}\""))
    );

    // Sent again from there: the browser's word for the page is the form's address now.
    let again = format!("{typed}&__page={}", app::routes::encode(page));
    let from = path_of("save_account");
    let answer = home
        .by_form("save_account", &again, &home.admin, from)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("value=\"many\""));
    // The address of a form, opened by itself, shows the first page.
    let answer = home.house.get(from, &home.admin).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/")
    );

    // Without a word on the page, at least a sentence.
    let answer = home.by_form("save_account", &typed, &home.admin, "").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body, "per_second: give a number from 1 to 10,000");

    let typed = "current=wrong+horse&new=tooshort";
    let answer = home
        .by_form("change_password", typed, &home.admin, "/settings")
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!answer.body.contains("tooshort") && !answer.body.contains("wrong horse"));
}

#[tokio::test]
async fn a_step_that_was_refused_holds_what_was_typed_over_its_own_revision() {
    let home = Home::new().await;
    let page = format!("/campaigns/{}/edit/detail", home.campaign);
    let args = |revision: u32| {
        let name = "fields[name]=Typed+%3Cname%3E&fields[sender]=AURORA";
        format!(
            "id={}&step=detail&revision={revision}&go=stay&{name}",
            home.campaign
        )
    };
    let first = home
        .by_form("save_step", &args(0), &home.admin, &page)
        .await;
    assert_eq!(first.status, StatusCode::FOUND);
    assert_eq!(first.header("location"), page);
    // Someone whose page is older: pressing the button again must not overwrite what the other saved.
    let second = home
        .by_form("save_step", &args(0), &home.admin, &page)
        .await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(
        second.body.contains("Typed &lt;name&gt;"),
        "{}",
        second.body
    );
    assert!(second.body.contains(r#"name="revision" value="0""#));
}

#[tokio::test]
async fn a_form_that_was_done_says_so_on_its_page() {
    let home = Home::new().await;
    let page = home.account("sandbox", "").await;
    let id = page.rsplit('/').next().unwrap();
    let args = format!("id={id}");
    let answer = home
        .by_form("check_account", &args, &home.admin, &page)
        .await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    let said = format!("{page}?said=check_account");
    assert_eq!(answer.header("location"), said);
    let sentence = "The carrier answered: the account works.";
    let shown = home.house.get(&said, &home.admin).await;
    assert!(shown.body.contains(sentence), "{}", shown.body);
    for other in ["", "?said=test_event", "?said=The+carrier+answered"] {
        let shown = home.house.get(&format!("{page}{other}"), &home.admin).await;
        assert!(!shown.body.contains(sentence), "{other}");
    }
    // What the page says is of the last form alone.
    let answer = home
        .by_form("check_account", "id=none", &home.admin, &said)
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.body.contains(sentence));
    assert!(answer.body.contains("There is no such"));
    // Scripts are told in the answer.
    let answer = home.by_script("check_account", &args, &home.admin).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.headers.contains_key(header::LOCATION));
    // Where the function leads on, nothing is added.
    let answer = home
        .by_form("delete_account", &args, &home.admin, &page)
        .await;
    assert_eq!(answer.header("location"), "/settings/carriers");
}
