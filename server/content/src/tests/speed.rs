//! How fast messages are made. Printed, not asserted: machines differ.

use std::time::Instant;

use super::*;

#[test]
fn ten_thousand_emails_are_made() {
    let row = "<tr><td style=\"padding:8px\"><a href=\"https://shop.example/item/1?a=1&amp;b=2\">Item</a> for {{ name }} \
               in {{ city | default('town') }}</td><td><img src=\"https://shop.example/i.png\" alt=\"\"></td></tr>";
    let html = format!(
        "<html><body><table>{}</table></body></html>",
        row.repeat(30)
    );
    let compiled = compile(&email(&html));
    let urls = urls(30);
    let begin = Instant::now();
    let mut bytes = 0;
    for n in 0..10_000 {
        let values = values(&[("name", &format!("Person {n}")), ("city", "Rome")]);
        let Ok(Rendered::Email(email)) = compiled.render(&values, &urls) else {
            panic!()
        };
        bytes += email.html.len() + email.text.len();
    }
    let took = begin.elapsed();
    eprintln!(
        "10,000 e-mails with 30 links, {} kB each, in {took:?}: {:.0} a second",
        bytes / 10_000 / 1024,
        10_000.0 / took.as_secs_f64()
    );
}
