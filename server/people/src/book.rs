//! What a workbook's sheets refer to: their order, shared strings, formats of dates.

use std::{
    collections::HashMap,
    io::{BufRead, Read, Seek},
};

use crate::{
    Unreadable,
    format::{Format, built_in, of_code},
    strings::{Strings, strings},
    xml::{Piece, Xml},
    zip::{Archive, spoiled},
};

/// Most bytes of any other part but sheets.
const PART_BYTES_MAX: u64 = 16 << 20;
/// Most relationships of a part.
const RELATIONS_MAX: usize = 4_000;
/// Most sheets, …
const SHEETS_MAX: usize = 1_000;
/// … and most formats: Excel knows 65,490.
const FORMATS_MAX: usize = 100_000;

/// A workbook, open.
pub(crate) struct Book<R> {
    archive: Archive<R>,
    /// Names of the parts that are sheets with cells, in their order.
    pub(crate) sheets: Vec<String>,
    strings: Strings,
    formats: Vec<Format>,
    /// Whether days are counted from 1904 on.
    is_1904: bool,
}

/// What a part refers to.
struct Relation {
    id: String,
    /// Last segment of its type.
    kind: String,
    /// Name of the part.
    target: String,
}

impl<R: Read + Seek> Book<R> {
    /// Opens a workbook; `room` is the number of bytes that may be unpacked of it in all.
    pub(crate) fn open(source: R, room: u64) -> Result<Self, Unreadable> {
        let mut archive = Archive::open(source, room)?;
        let main = relations(&mut archive, "_rels/.rels", "")?
            .into_iter()
            .find(|relation| relation.kind == "officeDocument")
            .map(|relation| relation.target)
            .filter(|target| target.to_ascii_lowercase().ends_with(".xml"))
            .ok_or_else(foreign)?;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let related = relations(
            &mut archive,
            &join(folder, &format!("_rels/{name}.rels")),
            folder,
        )?;
        let (sheets, is_1904) = sheets(&mut archive, &main, &related)?;
        let of = |kind: &str, usual: &str| {
            related
                .iter()
                .find(|relation| relation.kind == kind)
                .map_or_else(|| join(folder, usual), |relation| relation.target.clone())
        };
        let formats = formats(&mut archive, &of("styles", "styles.xml"))?;
        let strings = strings(&mut archive, &of("sharedStrings", "sharedStrings.xml"))?;
        Ok(Self {
            archive,
            sheets,
            strings,
            formats,
            is_1904,
        })
    }
}

impl<R: Read + Seek> Book<R> {
    /// The cells' XML of a sheet, and what it refers to.
    pub(crate) fn sheet<'a>(
        &'a mut self,
        name: &str,
    ) -> Result<Option<(Xml<impl BufRead + use<'a, R>>, Shared<'a>)>, Unreadable> {
        let shared = Shared {
            strings: &self.strings,
            formats: &self.formats,
            is_1904: self.is_1904,
        };
        let part = self.archive.part(name, u64::MAX)?;
        Ok(part.map(|part| (Xml::of(part), shared)))
    }
}

/// What the cells of all sheets refer to.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub(crate) strings: &'a Strings,
    pub(crate) formats: &'a [Format],
    pub(crate) is_1904: bool,
}

fn foreign() -> Unreadable {
    Unreadable(
        "This is no XLSX workbook. Save the contacts as CSV or XLSX and upload that.".to_owned(),
    )
}

fn too_many(what: &str) -> Unreadable {
    Unreadable(format!(
        "The workbook has too many {what}. Save the contacts as CSV and upload that."
    ))
}

/// Name of a part that another in this folder refers to.
fn join(folder: &str, target: &str) -> String {
    let (mut path, target): (Vec<&str>, _) = match target.strip_prefix('/') {
        Some(whole) => (Vec::new(), whole),
        None => (
            folder.split('/').filter(|name| !name.is_empty()).collect(),
            target,
        ),
    };
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

/// What a part's list of relationships holds; nothing where there is none.
fn relations<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
    folder: &str,
) -> Result<Vec<Relation>, Unreadable> {
    let mut found = Vec::new();
    let Some(part) = archive.part(name, PART_BYTES_MAX)? else {
        return Ok(found);
    };
    let mut xml = Xml::of(part);
    loop {
        match xml.next()? {
            Piece::Eof => return Ok(found),
            Piece::Start(tag) if tag.name() == "Relationship" => {
                let text = |name: &str| tag.attribute(name).unwrap_or_default().into_owned();
                let kind = text("Type");
                if found.len() == RELATIONS_MAX {
                    return Err(too_many("parts"));
                }
                found.push(Relation {
                    id: text("Id"),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: join(folder, &text("Target")),
                });
            }
            _ => {}
        }
    }
}

/// Names of the parts with cells, in the order of their tabs, and whether days are counted from 1904 on.
fn sheets<R: Read + Seek>(
    archive: &mut Archive<R>,
    main: &str,
    related: &[Relation],
) -> Result<(Vec<String>, bool), Unreadable> {
    let part = archive.part(main, PART_BYTES_MAX)?.ok_or_else(spoiled)?;
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    let mut xml = Xml::of(part);
    loop {
        match xml.next()? {
            Piece::Eof => return Ok((sheets, is_1904)),
            Piece::Start(tag) if tag.name() == "sheet" => {
                let id = tag.local_attribute("id").unwrap_or_default();
                let relation = related.iter().find(|relation| relation.id == id);
                let relation = relation.ok_or_else(spoiled)?;
                if sheets.len() == SHEETS_MAX {
                    return Err(too_many("sheets"));
                }
                // Charts and dialogs are sheets without cells.
                if relation.kind == "worksheet" {
                    sheets.push(relation.target.clone());
                }
            }
            Piece::Start(tag) if tag.name() == "workbookPr" => {
                if let Some(flag) = tag.attribute("date1904") {
                    is_1904 = matches!(flag.as_ref(), "1" | "true");
                }
            }
            _ => {}
        }
    }
}

/// Formats of cells, by the number cells name.
fn formats<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
) -> Result<Vec<Format>, Unreadable> {
    let mut formats = Vec::new();
    let Some(part) = archive.part(name, PART_BYTES_MAX)? else {
        return Ok(formats);
    };
    let mut own: HashMap<u32, Format> = HashMap::new();
    let mut is_within = false;
    let mut xml = Xml::of(part);
    loop {
        let piece = xml.next()?;
        match &piece {
            Piece::Eof => return Ok(formats),
            Piece::Start(tag) => match tag.name() {
                "cellXfs" => is_within = true,
                "numFmt" => {
                    let code = tag.attribute("formatCode").unwrap_or_default();
                    if let Some(id) = number_of(tag.attribute("numFmtId").as_deref()) {
                        own.insert(id, of_code(&code));
                    }
                }
                "xf" if is_within => {
                    let id = number_of(tag.attribute("numFmtId").as_deref()).unwrap_or_default();
                    let format = own.get(&id).copied();
                    formats.push(format.unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            _ if piece.ends("cellXfs") => is_within = false,
            _ => {}
        }
        if own.len().max(formats.len()) > FORMATS_MAX {
            return Err(too_many("formats"));
        }
    }
}

fn number_of(text: Option<&str>) -> Option<u32> {
    text?.trim().parse().ok()
}
