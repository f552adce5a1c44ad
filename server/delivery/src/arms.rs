//! The arms of a campaign, compiled once and shared by all workers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use content::{CompileOptions, Compiled};
use domain::{
    Channel,
    content::{ContentLink, ContentProblem, Variant},
    sending::Draft,
};
use store::{LinkRow, Store};

use crate::work::patient;

/// One arm.
#[derive(Debug)]
pub(crate) struct Arm {
    pub(crate) compiled: Compiled,
    /// Tracked links: position, and the key that addresses name.
    pub(crate) tracked: Vec<(u32, i64)>,
}

/// What is sent of a campaign.
#[derive(Debug)]
pub struct Arms {
    pub(crate) draft: Draft,
    pub(crate) channel: Channel,
    pub(crate) by_name: HashMap<String, Arm>,
    /// Address of each link by arm and position.
    pub(crate) urls: HashMap<(String, i64), String>,
}

/// Compiles one arm.
///
/// # Errors
/// Everything wrong with its content.
pub(crate) fn compile(
    draft: &Draft,
    variant: &Variant,
    base: &str,
) -> Result<Compiled, Vec<ContentProblem>> {
    let untracked: BTreeSet<String> = draft.untracked.iter().cloned().collect();
    let options = CompileOptions {
        variant: variant.name.clone(),
        base: base.to_owned(),
        tracks_links: true,
        untracked,
        tracks_opens: draft.tracks_opens,
    };
    Compiled::new(&variant.content, &options)
}

/// Links of all arms that can be compiled.
#[must_use]
pub fn links(draft: &Draft, base: &str) -> Vec<ContentLink> {
    draft
        .variants
        .iter()
        .filter_map(|variant| compile(draft, variant, base).ok())
        .flat_map(|compiled| compiled.links().to_vec())
        .collect()
}

impl Arms {
    /// The arms of a launched campaign.
    ///
    /// # Errors
    /// When the database fails, or what was launched can't be compiled any more.
    pub(crate) async fn of(
        store: &Store,
        campaign: i64,
        channel: Channel,
        base: &str,
    ) -> store::Result<Self> {
        let draft = store.launched(campaign).await?;
        let rows = store.links_of(campaign).await?;
        let base = base.to_owned();
        let (draft, all) = patient(move || {
            let all: Vec<_> = draft
                .variants
                .iter()
                .map(|variant| compile(&draft, variant, &base))
                .collect();
            (draft, all)
        })
        .await?;
        let mut by_name = HashMap::new();
        for (variant, compiled) in draft.variants.iter().zip(all) {
            let compiled =
                compiled.map_err(|_| store::Error::Corrupt("content of a launched campaign"))?;
            let tracked = tracked(&variant.name, &rows, compiled.links());
            by_name.insert(variant.name.clone(), Arm { compiled, tracked });
        }
        let urls = rows
            .into_iter()
            .map(|row| ((row.variant, row.position), row.url))
            .collect();
        Ok(Self {
            draft,
            channel,
            by_name,
            urls,
        })
    }
}

/// The tracked links of an arm. Only those whose address is still the launched one: another version of the program may
/// find the links of a design in another order, and a link must not lead to another's address.
fn tracked(variant: &str, rows: &[LinkRow], links: &[ContentLink]) -> Vec<(u32, i64)> {
    let leads_there = |position, url: &str| {
        links
            .iter()
            .any(|link| link.position == position && link.url == url)
    };
    let of_arm: BTreeMap<u32, i64> = rows
        .iter()
        .filter(|row| row.variant == variant && row.is_tracked == 1)
        .filter_map(|row| Some((u32::try_from(row.position).ok()?, row)))
        .filter(|(position, row)| leads_there(*position, &row.url))
        .map(|(position, row)| (position, row.pk))
        .collect();
    of_arm.into_iter().collect()
}
