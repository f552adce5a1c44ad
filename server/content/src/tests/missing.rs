//! Placeholders that somebody has no value for.

use domain::content::{Content, EmailContent, Suggestion};

use super::{compile, sms, urls, values};
use crate::*;

fn mjml_email(mjml: &str) -> Content {
    Content::Email(EmailContent {
        subject: "News".to_owned(),
        mjml: mjml.to_owned(),
        ..EmailContent::default()
    })
}

#[test]
fn every_starter_goes_to_a_contact_with_nothing_but_an_address() {
    let attributes = Default::default();
    let contact = ContactFields {
        name: "",
        email: Some("ada@x.de"),
        phone: None,
        time_zone: None,
        external_id: None,
        attributes: &attributes,
    };
    assert!(!starters().is_empty());
    for starter in starters() {
        let content = mjml_email(starter.mjml);
        assert_eq!(check(&content), Vec::new(), "{}", starter.id);
        assert_eq!(required(&content), [].into(), "{}", starter.id);
        let rendered = compile(&content).render(&Values::of(&contact), &urls(9));
        let Ok(Rendered::Email(mail)) = rendered else {
            panic!("{}: {:?}", starter.id, rendered.err());
        };
        assert!(
            mail.html.contains("https://r.example/u/leave"),
            "{}",
            starter.id
        );
        assert!(
            !mail.html.contains("{{") && !mail.text.contains("{%"),
            "{}",
            starter.id
        );
    }
}

#[test]
fn the_code_of_an_offer_is_shown_to_whoever_has_one() {
    let offer = starters()
        .iter()
        .find(|starter| starter.id == "offer")
        .expect("an offer");
    let compiled = compile(&mjml_email(offer.mjml));
    let text = |values: &Values| match compiled.render(values, &urls(9)) {
        Ok(Rendered::Email(mail)) => mail.text,
        other => panic!("{other:?}"),
    };
    let mut values = Values::new();
    assert!(!text(&values).contains("Your code"));
    values.set("code", "SAVE20");
    assert!(text(&values).contains("Your code: SAVE20"));
}

#[test]
fn what_everybody_needs_is_what_has_no_default_and_no_condition() {
    let needed = |content: &Content| required(content).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(
        needed(&sms(
            "{{ name }} {{ city | default('x') }} {% if code %}{{ code }}{% endif %} {{ campaign }}"
        )),
        "name"
    );
    // A name that is needed in one place is needed, whatever stands in another.
    assert_eq!(
        needed(&sms("{{ code | default('x') }} {{ code | upper }}")),
        "code"
    );
    let Content::Rcs(mut rcs) = Content::empty(domain::Channel::Rcs) else {
        panic!("not RCS");
    };
    rcs.text = "Hi {{ name }}".to_owned();
    rcs.suggestions = vec![Suggestion::Url {
        text: "Shop".to_owned(),
        url: "https://shop.example/{{ store }}".to_owned(),
    }];
    assert_eq!(needed(&Content::Rcs(rcs)), "name store");
    let Content::Push(mut push) = Content::empty(domain::Channel::Push) else {
        panic!("not push");
    };
    push.title = "{{ team }}".to_owned();
    push.data = [("id".to_owned(), "{{ match_id }}".to_owned())].into();
    assert_eq!(needed(&Content::Push(push)), "match_id team");
    // Our own pages are no values.
    let mail = mjml_email(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{{ plan }} {{ unsubscribe_url }}</mj-text>\
         </mj-column></mj-section></mj-body></mjml>",
    );
    assert_eq!(needed(&mail), "plan");
}

#[test]
fn a_condition_around_a_row_means_the_same_in_the_text() {
    let table = "<table>{% if code %}<tr><td>Code {{ code }}</td></tr>{% endif %}\
                 {% if vip %}<tr><td>For you alone</td></tr>{% else %}<tr><td>For all</td></tr>{% endif %}</table>\
                 <p><a href=\"https://shop.example/\">Shop</a></p>";
    let content = Content::Email(EmailContent {
        subject: "News".to_owned(),
        preheader: "Before all others".to_owned(),
        html: table.to_owned(),
        ..EmailContent::default()
    });
    let compiled = compile(&content);
    let text = |pairs| match compiled.render(&values(pairs), &urls(1)) {
        Ok(Rendered::Email(mail)) => mail.text,
        other => panic!("{other:?}: {:?}", compiled.placeholders()),
    };
    assert_eq!(
        text(&[]),
        "For all\n\n[Shop][1]\n\n[1]: https://r.example/c/token1\n\nUnsubscribe: https://r.example/u/leave"
    );
    let both = text(&[("code", "SAVE20"), ("vip", "1")]);
    assert!(
        both.contains("Code SAVE20") && both.contains("For you alone"),
        "{both}"
    );
    assert!(!both.contains("For all"), "{both}");
}

#[test]
fn a_condition_that_mjml_drops_is_refused_with_its_line() {
    // A compiler of MJML drops what stands between elements.
    let source = "<mj-column>\n<mj-text>{% if a %}x{% endif %}</mj-text>\n{% if code %}<mj-text>{{ code }}</mj-text>\
                  {% endif %}</mj-column>";
    let html = "<div>{% if a %}x{% endif %}</div><div>{{ code }}</div>";
    let problem = build::dropped::check(source, html).expect_err("a block is gone");
    assert_eq!(problem.field, "mjml");
    assert!(
        problem
            .message
            .starts_with("Line 3: {% if code %} stands where MJML drops it"),
        "{}",
        problem.message
    );
    let kept = source.replace("mj-column", "td").replace("mj-text", "div");
    assert_eq!(build::dropped::check(source, &kept), Ok(()));
    let comment = "<mj-column><!-- {% if code %}\n{% endif %} --><mj-text>x</mj-text></mj-column>";
    assert_eq!(build::dropped::check(comment, "<div>x</div>"), Ok(()));
    for kept in [
        "<mj-text>{% if code %}Code {{ code }}{% endif %}</mj-text>",
        "<mj-raw>{% if code %}</mj-raw><mj-text>x</mj-text><mj-raw>{% endif %}</mj-raw>",
        "<mj-button href=\"https://a.example\">{% if name %}Go, {{ name }}{% else %}Go{% endif %}</mj-button>",
    ] {
        let content = mjml_email(&format!(
            "<mjml><mj-body><mj-section><mj-column>\n{kept}\n</mj-column></mj-section></mj-body></mjml>"
        ));
        assert_eq!(check(&content), Vec::new(), "{kept}");
        let rendered = compile(&content).render(&Values::new(), &urls(9));
        assert!(rendered.is_ok(), "{kept}: {rendered:?}");
    }
}
