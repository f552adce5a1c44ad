//! From a [`ChartSpec`] to what ECharts understands. Pure: the same spec gives the same JSON.
//!
//! Nothing here is a function: the page's policy forbids evaluating text. Tooltips are drawn on the
//! canvas (`renderMode: richText`), so that no name of a campaign or link is ever parsed as HTML.

use charming::{
    component::{Aria, Axis, Decal, Grid, Legend, Title},
    datatype::{DataPoint, DataPointItem},
    element::{
        AreaStyle, AxisLabel, AxisLine, AxisPointer, AxisPointerType, AxisTick, AxisType,
        BoundaryGap, Emphasis, EmphasisFocus, ItemStyle, LineStyle, LineStyleType, SplitLine,
        Symbol, TextStyle, Tooltip, Trigger,
    },
    series::{Bar, Line},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    csv::Source,
    palette::Palette,
    spec::{ChartSeries, ChartSpec, Shape},
};

const FONT: &str = "Inter, system-ui, sans-serif";

/// What a chart is made of, each part told by charming. Not `charming::Chart`: that one can draw anything, and would
/// bring the words of every chart there is into the browser, for the two that we draw.
struct Parts {
    grid: Grid,
    x_axis: Axis,
    y_axes: Vec<Axis>,
    series: Vec<Value>,
}

fn told(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or(Value::Null)
}

/// The option object of a chart drawn this many CSS pixels wide.
#[must_use]
pub fn option(spec: &ChartSpec, palette: &Palette, width: u32) -> Value {
    let mut option = chart(spec, palette, width);
    complete(&mut option, spec, palette, width);
    option
}

/// The same with a heading, for a picture that stands alone: title, unit, and what it is of.
#[must_use]
pub fn picture(spec: &ChartSpec, source: &Source, palette: &Palette, width: u32) -> Value {
    let said = [&spec.unit, &source.about, &source.span];
    let said: Vec<&str> = said
        .into_iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    let title = Title::new()
        .text(spec.title.as_str())
        .subtext(said.join(" · "))
        .left(16)
        .top(12)
        .text_style(
            TextStyle::new()
                .color(palette.token("ink"))
                .font_size(16)
                .font_family(FONT),
        )
        .subtext_style(
            TextStyle::new()
                .color(palette.token("ink-2"))
                .font_size(12)
                .font_family(FONT),
        );
    let mut option = chart(spec, palette, width);
    option["title"] = json!([told(&title)]);
    if matches!(spec.shape, Shape::Lines | Shape::Groups) && spec.series.len() > 1 {
        let text = TextStyle::new()
            .color(palette.token("ink-2"))
            .font_family(FONT);
        option["legend"] = json!([told(&Legend::new().right(16).top(16).text_style(text))]);
    }
    complete(&mut option, spec, palette, width);
    option["grid"][0]["top"] = json!(72);
    option["grid"][0]["left"] = json!(16);
    option["grid"][0]["right"] = json!(16);
    option["grid"][0]["bottom"] = json!(16);
    option
}

fn chart(spec: &ChartSpec, palette: &Palette, width: u32) -> Value {
    let aria = Aria::new().enabled(true).decal(Decal::new().show(false));
    let Parts {
        grid,
        x_axis,
        y_axes,
        series,
    } = if spec.shape == Shape::Lines {
        lines(spec, palette, width)
    } else {
        bars(spec, palette)
    };
    json!({
        "animation": false,
        "aria": told(&aria),
        "tooltip": told(&tooltip(spec, palette)),
        "grid": [told(&grid)],
        "xAxis": told(&x_axis),
        "yAxis": y_axes.iter().map(told).collect::<Vec<_>>(),
        "series": series,
    })
}

fn tooltip(spec: &ChartSpec, palette: &Palette) -> Tooltip {
    let pointer = AxisPointer::new().type_(AxisPointerType::Line).line_style(
        LineStyle::new()
            .color(palette.token("ink-3"))
            .type_(LineStyleType::Dashed),
    );
    let tooltip = Tooltip::new()
        .background_color(palette.token("raised"))
        .border_color(palette.token("line"))
        .border_width(1);
    match spec.shape {
        Shape::Lines => tooltip.trigger(Trigger::Axis).axis_pointer(pointer),
        Shape::Groups => tooltip
            .trigger(Trigger::Axis)
            .axis_pointer(AxisPointer::new().type_(AxisPointerType::None)),
        Shape::Bars | Shape::Stack => tooltip.trigger(Trigger::Item),
    }
}

fn label(palette: &Palette, token: &str, size: f64) -> AxisLabel {
    AxisLabel::new()
        .color(palette.token(token))
        .font_size(size)
        .font_family(FONT)
}

fn bare(axis: Axis) -> Axis {
    axis.axis_line(AxisLine::new().show(false))
        .axis_tick(AxisTick::new().show(false))
}

fn lines(spec: &ChartSpec, palette: &Palette, width: u32) -> Parts {
    // Every nth label, so that about one stands in each 130 pixels.
    let room = (width / 130).max(2) as usize;
    let every = spec.categories.len().div_ceil(room).max(1);
    let grid_line = LineStyle::new().color(palette.token("line"));
    let x_axis = Axis::new()
        .type_(AxisType::Category)
        .boundary_gap(BoundaryGap::CategoryAxis(spec.categories.len() < 2))
        .data(spec.categories.clone())
        .axis_label(label(palette, "ink-3", 11.0).interval((every - 1) as f64));
    let y_axis = Axis::new()
        .type_(AxisType::Value)
        .min_interval(1)
        .split_number(4)
        .axis_label(label(palette, "ink-3", 11.0))
        .split_line(SplitLine::new().line_style(grid_line));
    Parts {
        grid: Grid::new()
            .left(4)
            .right(12)
            .top(12)
            .bottom(4)
            .contain_label(true),
        x_axis: bare(x_axis),
        y_axes: vec![bare(y_axis)],
        series: spec
            .series
            .iter()
            .enumerate()
            .map(|(at, series)| told(&line(series, at, spec.categories.len(), palette)))
            .collect(),
    }
}

fn line(series: &ChartSeries, at: usize, n_points: usize, palette: &Palette) -> Line {
    let colour = palette.tone(series.tone);
    // Beside colour, lines differ by their stroke.
    let stroke = match at {
        0 | 1 => LineStyleType::Solid,
        2 | 3 => LineStyleType::Dashed,
        _ => LineStyleType::Dotted,
    };
    let line = Line::new()
        .name(series.name.as_str())
        .symbol(Symbol::Circle)
        .symbol_size(6)
        .show_symbol(n_points < 2)
        .line_style(LineStyle::new().color(colour).width(2).type_(stroke))
        .item_style(ItemStyle::new().color(colour))
        .emphasis(Emphasis::new().focus(EmphasisFocus::None))
        .data(values(series));
    if at == 0 {
        line.area_style(AreaStyle::new().color(colour).opacity(0.09))
    } else {
        line
    }
}

fn bars(spec: &ChartSpec, palette: &Palette) -> Parts {
    let categories = |labels: &[String]| {
        bare(
            Axis::new()
                .type_(AxisType::Category)
                .inverse(true)
                .data(labels.to_vec()),
        )
    };
    let mut y_axes = vec![categories(&spec.categories).axis_label(label(palette, "ink", 13.0))];
    if !spec.notes.is_empty() {
        // A second axis on the right: what each bar is worth, in a column.
        y_axes.push(
            categories(&spec.notes)
                .position("right")
                .axis_label(label(palette, "ink-2", 13.0)),
        );
    }
    let bar = |series: &ChartSeries| {
        let bar = Bar::new()
            .name(series.name.as_str())
            .item_style(
                ItemStyle::new()
                    .color(palette.tone(series.tone))
                    .border_radius(4),
            )
            .data(bar_values(series, spec.shape, palette));
        told(&match spec.shape {
            Shape::Stack => bar.stack("all").bar_width(22),
            Shape::Groups => bar.bar_width(9).bar_gap("20%"),
            Shape::Bars | Shape::Lines => bar.bar_width(22),
        })
    };
    Parts {
        grid: Grid::new()
            .left(0)
            .right(8)
            .top(0)
            .bottom(0)
            .contain_label(true),
        x_axis: bare(
            Axis::new()
                .type_(AxisType::Value)
                .axis_label(AxisLabel::new().show(false))
                .split_line(SplitLine::new().show(false)),
        ),
        y_axes,
        series: spec.series.iter().map(bar).collect(),
    }
}

#[expect(clippy::cast_possible_wrap, reason = "counts stay far below 2^53")]
fn values(series: &ChartSeries) -> Vec<DataPoint> {
    series
        .values
        .iter()
        .map(|value| DataPoint::from(*value as i64))
        .collect()
}

#[expect(clippy::cast_possible_wrap, reason = "counts stay far below 2^53")]
fn bar_values(series: &ChartSeries, shape: Shape, palette: &Palette) -> Vec<DataPoint> {
    if series.marks.is_empty() {
        return values(series);
    }
    let point = |(value, mark): (&u64, &super::spec::Mark)| {
        let opacity = 1.0 - 0.17 * f64::from(mark.shade);
        let style = ItemStyle::new()
            .color(palette.tone(mark.tone))
            .opacity(opacity);
        // Parts of a stack touch: a hairline between them, and no corners inside.
        let style = if shape == Shape::Stack {
            style
                .border_color(palette.token("surface"))
                .border_width(0.5)
                .border_radius(2)
        } else {
            style.border_radius(4)
        };
        DataPoint::from(
            DataPointItem::new(*value as i64)
                .name(mark.name.as_str())
                .item_style(style),
        )
    };
    series.values.iter().zip(&series.marks).map(point).collect()
}

/// What charming has no word for.
fn complete(option: &mut Value, spec: &ChartSpec, palette: &Palette, width: u32) {
    option["tooltip"]["renderMode"] = json!("richText");
    option["tooltip"]["confine"] = json!(true);
    option["tooltip"]["textStyle"] =
        json!({ "color": palette.token("ink"), "fontFamily": FONT, "fontSize": 12 });
    // The figure around the canvas is labelled already; ECharts' own label would be a second one.
    option["aria"]["label"] = json!({ "enabled": false });
    // Charming would name an empty list of patterns, and ECharts trips over it.
    option["aria"]["decal"] = json!({ "show": false });
    option["textStyle"] = json!({ "fontFamily": FONT });
    if spec.shape == Shape::Lines {
        let labels = &mut option["xAxis"]["axisLabel"];
        labels["hideOverlap"] = json!(true);
        labels["alignMinLabel"] = json!("left");
        labels["alignMaxLabel"] = json!("right");
        return;
    }
    if spec.shape == Shape::Groups {
        // The second bar of a pair is striped: colour alone tells nothing apart. One
        // pattern said outright, where the switch for all would stripe lone bars too.
        option["series"][1]["itemStyle"]["decal"] = json!({
            "symbol": "rect",
            "color": palette.token("surface"),
            "dashArrayX": [1, 0],
            "dashArrayY": [2, 4],
            "rotation": -0.785,
        });
    }
    let room = if width < 480 { 96 } else { 200 };
    for at in 0..option["yAxis"].as_array().map_or(0, Vec::len) {
        option["yAxis"][at]["axisLabel"]["interval"] = json!(0);
    }
    option["yAxis"][0]["axisLabel"]["width"] = json!(room);
    option["yAxis"][0]["axisLabel"]["overflow"] = json!("truncate");
}
