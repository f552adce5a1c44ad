//! Push notifications.

use domain::{
    Refusal,
    content::{Circle, PushContent, PushKind},
};

use super::lines;
use crate::editor::fields::Fields;

pub(super) fn fill(fields: &mut Fields, push: &PushContent, add: &str) {
    fields.set("kind", push.kind.as_str());
    fields.set("title", push.title.clone());
    fields.set("body", push.body.clone());
    fields.set("image", push.image.clone());
    fields.set("link", push.link.clone());
    let circle = push.geo.clone().unwrap_or_default();
    fields.set("geo.latitude", circle.latitude);
    fields.set("geo.longitude", circle.longitude);
    let radius = Some(circle.radius_m).filter(|radius| *radius > 0);
    let radius = radius.map(|radius| radius.to_string());
    fields.set("geo.radius_m", radius.unwrap_or_default());
    let mut rows = 0;
    for (name, value) in &push.data {
        fields.set(format!("data.{rows}.name"), name.clone());
        fields.set(format!("data.{rows}.value"), value.clone());
        rows += 1;
    }
    if add == "data" {
        fields.set(format!("data.{rows}.name"), "");
    }
}

pub(super) fn take(fields: &Fields, push: &mut PushContent) -> Result<(), Refusal> {
    fields.trimmed("title").clone_into(&mut push.title);
    push.body = lines(fields.get("body"));
    fields.trimmed("image").clone_into(&mut push.image);
    fields.trimmed("link").clone_into(&mut push.link);
    let has_circle = ["latitude", "longitude", "radius_m"]
        .iter()
        .any(|name| fields.has(&format!("geo.{name}")));
    push.geo = if has_circle && push.kind == PushKind::Geo {
        let radius = fields.trimmed("geo.radius_m").parse();
        let why = "give whole metres from 50 to 100,000, without a comma";
        Some(Circle {
            latitude: fields.trimmed("geo.latitude").to_owned(),
            longitude: fields.trimmed("geo.longitude").to_owned(),
            radius_m: radius.map_err(|_| Refusal::invalid("geo.radius_m", why))?,
        })
    } else {
        None
    };
    push.data.clear();
    for row in fields.rows("data") {
        let name = fields.trimmed(&format!("data.{row}.name"));
        let value = fields.get(&format!("data.{row}.value"));
        if name.is_empty() && value.is_empty() {
            continue;
        }
        if name.is_empty() || push.data.contains_key(name) {
            let why = "give each value a name of its own";
            return Err(Refusal::invalid(format!("data.{row}.name"), why));
        }
        push.data.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}
