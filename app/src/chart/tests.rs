//! Specs, options, files and keys.

use serde_json::json;

use super::{
    csv::{Source, csv, file_name},
    labels::time_labels,
    option::{option, picture},
    palette::Palette,
    panel::next_category,
    spec::{Cell, ChartSeries, ChartSpec, Mark, Shape, Table, Tone, rest_of},
    update::{Form, update},
};
use domain::report::Bucket;

const EVIL: &str = "<img src=x onerror=alert(1)>";

fn palette() -> Palette {
    Palette::read(|name| format!(" {name}! "))
}

fn lines() -> ChartSpec {
    let categories: Vec<String> = (0..24).map(|hour| format!("11 Nov {hour:02}:00")).collect();
    let row = |at: usize| {
        let time = Cell::Time {
            shown: categories[at].clone(),
            exact: format!("2026-11-11T{at:02}:00:00+01:00"),
        };
        vec![time, Cell::Count(at as u64), Cell::Count(0)]
    };
    ChartSpec {
        title: "Opens and clicks".to_owned(),
        unit: "events per hour, Europe/Madrid".to_owned(),
        shape: Shape::Lines,
        notes: Vec::new(),
        rest: String::new(),
        series: vec![
            ChartSeries::plain("Opens", Tone::C1, (0..24).collect()),
            ChartSeries::plain("Clicks", Tone::C3, vec![0; 24]),
        ],
        table: Table {
            head: vec!["Time".to_owned(), "Opens".to_owned(), "Clicks".to_owned()],
            rows: (0..24).map(row).collect(),
        },
        categories,
    }
}

fn stack() -> ChartSpec {
    let mark = |name: &str, shade| Mark {
        name: name.to_owned(),
        tone: Tone::C2,
        shade,
    };
    let bar = |values: [u64; 2], marks: [Mark; 2]| ChartSeries {
        name: String::new(),
        tone: Tone::C1,
        values: values.to_vec(),
        marks: marks.to_vec(),
    };
    ChartSpec {
        title: "Messages by status".to_owned(),
        unit: "messages".to_owned(),
        shape: Shape::Stack,
        categories: vec!["Delivered".to_owned(), "Failed".to_owned()],
        notes: vec!["12 · 80.0%".to_owned(), "3 · 20.0%".to_owned()],
        series: vec![
            bar([10, 3], [mark("DELIVRD", 0), mark(EVIL, 0)]),
            bar([2, 0], [mark("READ", 1), mark("", 1)]),
        ],
        rest: String::new(),
        table: Table::default(),
    }
}

fn source() -> Source {
    Source {
        about: "Campaign 1042".to_owned(),
        span: "2026-11-11..2026-11-12".to_owned(),
    }
}

/// Everything in a JSON value that could run.
fn functions(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains("function") || text.contains("=>") => {
            found.push(text.clone());
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| functions(item, found)),
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if name.to_lowercase().contains("formatter") {
                    found.push(name.clone());
                }
                functions(field, found);
            }
        }
        _ => {}
    }
}

#[test]
fn lines_become_an_option() {
    let made = option(&lines(), &palette(), 1_100);
    assert_eq!(made["xAxis"]["type"], "category");
    assert_eq!(made["xAxis"]["data"][8], "11 Nov 08:00");
    assert_eq!(made["xAxis"]["axisLabel"]["interval"], 2.0);
    assert_eq!(made["yAxis"][0]["splitNumber"], 4.0);
    assert_eq!(made["series"][0]["type"], "line");
    assert_eq!(made["series"][0]["data"][5], 5);
    assert_eq!(made["series"][0]["lineStyle"]["color"], "--c1!");
    assert_eq!(made["series"][1]["itemStyle"]["color"], "--c3!");
    assert_eq!(made["series"][1].get("areaStyle"), None);
    assert_eq!(made["animation"], false);
    assert_eq!(
        made["aria"],
        json!({ "enabled": true, "decal": { "show": false }, "label": { "enabled": false } })
    );
}

#[test]
fn a_narrow_chart_has_fewer_labels() {
    let interval =
        |width| option(&lines(), &palette(), width)["xAxis"]["axisLabel"]["interval"].clone();
    assert_eq!(interval(300), 11.0);
    assert_eq!(interval(0), 11.0);
    assert_eq!(interval(10_000), 0.0);
}

#[test]
fn stacks_name_their_parts_and_write_their_worth_at_the_right() {
    let made = option(&stack(), &palette(), 500);
    assert_eq!(made["yAxis"][0]["data"], json!(["Delivered", "Failed"]));
    assert_eq!(made["yAxis"][1]["data"], json!(["12 · 80.0%", "3 · 20.0%"]));
    assert_eq!(made["yAxis"][1]["position"], "right");
    assert_eq!(made["series"][0]["stack"], "all");
    assert_eq!(made["series"][0]["data"][0]["name"], "DELIVRD");
    assert_eq!(made["series"][1]["data"][0]["itemStyle"]["opacity"], 0.83);
}

#[test]
fn the_second_bar_of_a_pair_is_striped() {
    let pairs = ChartSpec {
        shape: Shape::Groups,
        series: vec![
            ChartSeries::plain("Clicks", Tone::C1, vec![5, 2]),
            ChartSeries::plain("People", Tone::C3, vec![4, 2]),
        ],
        ..stack()
    };
    let made = option(&pairs, &palette(), 600);
    assert_eq!(made["series"][0]["itemStyle"].get("decal"), None);
    assert_eq!(
        made["series"][1]["itemStyle"]["decal"]["color"],
        "--surface!"
    );
    assert_eq!(made["series"][1]["stack"], json!(null));
}

#[test]
fn no_name_is_ever_read_as_html_or_as_code() {
    for spec in [lines(), stack()] {
        for made in [
            option(&spec, &palette(), 600),
            picture(&spec, &source(), &palette(), 1_200),
        ] {
            assert_eq!(made["tooltip"]["renderMode"], "richText");
            let mut found = Vec::new();
            functions(&made, &mut found);
            assert_eq!(found, Vec::<String>::new());
        }
    }
    // The markup is there as the text it is, for the canvas to write.
    assert_eq!(
        option(&stack(), &palette(), 600)["series"][0]["data"][1]["name"],
        EVIL
    );
}

#[test]
fn a_picture_stands_alone() {
    let made = picture(&lines(), &source(), &palette(), 1_200);
    assert_eq!(made["title"][0]["text"], "Opens and clicks");
    assert_eq!(
        made["title"][0]["subtext"],
        "events per hour, Europe/Madrid · Campaign 1042 · 2026-11-11..2026-11-12"
    );
    assert_eq!(made["grid"][0]["top"], 72);
    let bare = picture(&lines(), &Source::default(), &palette(), 1_200);
    assert_eq!(
        bare["title"][0]["subtext"],
        "events per hour, Europe/Madrid"
    );
}

#[test]
fn values_are_read_out_one_by_one() {
    assert_eq!(lines().describe(3), "11 Nov 03:00: Opens 3, Clicks 0");
    assert_eq!(
        stack().describe(0),
        "Delivered: 12 · 80.0%: DELIVRD 10, READ 2"
    );
    assert_eq!(stack().describe(9), "");
    assert_eq!(
        lines().summary(),
        "Opens and clicks, events per hour, Europe/Madrid. Opens 276, Clicks 0"
    );
    assert_eq!(
        stack().summary(),
        "Messages by status, messages. Delivered 12 · 80.0%, Failed 3 · 20.0%"
    );
}

#[test]
fn arrows_stay_within_the_chart() {
    for (key, at, next) in [
        ("ArrowRight", None, Some(Some(0))),
        ("ArrowLeft", None, Some(Some(4))),
        ("ArrowRight", Some(4), Some(Some(4))),
        ("ArrowLeft", Some(0), Some(Some(0))),
        ("Home", Some(3), Some(Some(0))),
        ("End", None, Some(Some(4))),
        ("PageDown", Some(1), Some(Some(4))),
        ("Escape", Some(2), Some(None)),
        ("Escape", None, None),
        ("Tab", Some(2), None),
    ] {
        assert_eq!(next_category(key, at, 5), next, "{key} at {at:?}");
    }
    assert_eq!(next_category("ArrowRight", None, 0), None);
}

#[test]
fn tables_leave_idle_buckets_out_and_files_keep_them() {
    let spec = lines();
    assert_eq!(spec.table.shown().count(), 23);
    assert_eq!(spec.table.n_left_out(), 1);
    let file = csv(&spec.table);
    assert_eq!(file.lines().count(), 25);
    assert_eq!(file.lines().nth(4), Some("2026-11-11T03:00:00+01:00,3,0"));
}

#[test]
fn spreadsheets_run_nothing() {
    let text = |text: &str| {
        let table = Table {
            head: vec!["Link".to_owned()],
            rows: vec![vec![Cell::text(text), Cell::Count(1)]],
        };
        csv(&table).lines().nth(1).unwrap_or_default().to_owned()
    };
    for (given, written) in [
        ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\",1"),
        ("+34600", "+34600,1"),
        ("+34 600", "'+34 600,1"),
        ("-1", "'-1,1"),
        ("@SUM(A1)", "'@SUM(A1),1"),
        ("＝1+1", "'＝1+1,1"),
        ("  =1", "'  =1,1"),
        ("a,b", "\"a,b\",1"),
        ("say \"hi\"", "\"say \"\"hi\"\"\",1"),
        ("plain", "plain,1"),
    ] {
        assert_eq!(text(given), written);
    }
    let share = Table {
        head: vec![],
        rows: vec![vec![Cell::Share(Some(0.25)), Cell::Share(None)]],
    };
    assert_eq!(csv(&share), "\u{feff}\r\n0.25,\r\n");
}

#[test]
fn files_have_safe_names() {
    let bare = |title, extension| file_name(&Source::default(), title, extension);
    assert_eq!(bare("Opens and clicks", "csv"), "opens-and-clicks.csv");
    assert_eq!(bare("../../<b>", "png"), "b.png");
    assert_eq!(bare("…", "png"), "chart.png");
    assert_eq!(
        file_name(&source(), "Opens and clicks", "csv"),
        "campaign-1042-opens-and-clicks-2026-11-11-2026-11-12.csv"
    );
}

#[test]
fn an_hour_that_happens_twice_is_told_apart() {
    let starts = [
        "2026-10-25T01:00:00+02:00",
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]
    .map(str::to_owned);
    assert_eq!(
        time_labels(&starts, Bucket::Hour),
        [
            "25 Oct 01:00",
            "25 Oct 02:00 (+02:00)",
            "25 Oct 02:00 (+01:00)",
            "25 Oct 03:00"
        ]
    );
    let day = ["2026-03-29T00:00:00+01:00".to_owned()];
    assert_eq!(time_labels(&day, Bucket::Day), ["Sun 29 Mar"]);
    assert_eq!(time_labels(&day, Bucket::Week), ["Week of 29 Mar"]);
    assert_eq!(time_labels(&day, Bucket::Month), ["Mar 2026"]);
    assert_eq!(time_labels(&["?".to_owned()], Bucket::Day), ["?"]);
}

#[test]
fn a_missing_token_draws_nothing() {
    let palette = Palette::read(|name| {
        if name == "--c1" {
            " red ".to_owned()
        } else {
            String::new()
        }
    });
    assert_eq!(palette.tone(Tone::C1), "red");
    assert_eq!(palette.tone(Tone::C2), "transparent");
}

#[test]
fn a_drawing_of_the_same_form_keeps_its_tooltip() {
    let anew = r#"{"notMerge":true}"#;
    let form = Form::of(&lines());
    assert_eq!(update(None, form), anew);
    let mut moved = lines();
    moved.series[0].values[3] = 99;
    moved.title = "Opens".to_owned();
    assert_eq!(
        update(Some(form), Form::of(&moved)),
        r#"{"replaceMerge":["series"]}"#
    );
    // A line more, or another shape: what was there would stay in between.
    moved.series.push(moved.series[0].clone());
    assert_eq!(update(Some(form), Form::of(&moved)), anew);
    assert_eq!(update(Some(form), Form::of(&stack())), anew);
    let mut without_notes = stack();
    without_notes.notes.clear();
    assert_eq!(
        update(Some(Form::of(&stack())), Form::of(&without_notes)),
        anew
    );
}

#[test]
fn what_is_not_drawn_is_said() {
    assert_eq!(rest_of(0), "");
    assert_eq!(rest_of(2), "2 more in the table");
    let mut spec = lines();
    spec.rest = rest_of(2);
    assert!(spec.summary().ends_with("Clicks 0; 2 more in the table"));
}
