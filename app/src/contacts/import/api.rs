//! What an import asks and does.

use std::collections::BTreeMap;

use domain::import::ImportInfo;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// An import with what only its page needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportAnswer {
    /// The import.
    pub import: ImportInfo,
    /// Names of all lists.
    #[serde(default)]
    pub lists: Vec<String>,
    /// Id of the list its people are put on, where it exists.
    pub list: Option<String>,
}

/// Reads one import.
#[server(input = GetUrl)]
pub async fn load_import(id: String) -> Result<ImportAnswer, AppError> {
    let backend = crate::backend::backend()?;
    let import = backend.import(id).await?;
    let lists = backend.lists().await?;
    let wanted = import.mapping.list.clone();
    let list = lists
        .iter()
        .find(|list| Some(&list.name) == wanted.as_ref())
        .map(|list| list.id.clone());
    Ok(ImportAnswer {
        import,
        lists: lists.into_iter().map(|list| list.name).collect(),
        list,
    })
}

/// Checks every row as the form says, and writes nothing. Columns and names of attributes come by `c0`, `c1` …
#[server]
pub async fn check_import(
    id: String,
    columns: BTreeMap<String, String>,
    #[server(default)] names: BTreeMap<String, String>,
    #[server(default)] consents: BTreeMap<String, String>,
    country: String,
    list: String,
) -> Result<(), AppError> {
    let backend = crate::backend::backend()?;
    let width = backend.import(id.clone()).await?.header.len();
    let mapping = super::form::mapping_of(width, &columns, &names, consents, &country, &list)?;
    backend.check_import(id, mapping).await
}

/// Writes the contacts of a checked import.
#[server]
pub async fn run_import(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.run_import(id).await
}

/// Forgets an import and its file, and shows the others.
#[server]
pub async fn delete_import(id: String) -> Result<(), AppError> {
    use crate::contacts::params::{ContactsParams, Tab};

    crate::backend::backend()?.delete_import(id).await?;
    leptos_axum::redirect(&ContactsParams::of_tab(Tab::Imports).href());
    Ok(())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::posted::posted;

    #[test]
    fn the_form_of_a_mapping_is_understood() {
        let mut fields = vec![
            ("id", "i_1"),
            ("columns[c0]", "email"),
            ("names[c0]", "email"),
            ("columns[c1]", "attribute"),
            ("names[c1]", "city"),
            ("country", ""),
            ("list", "Autumn"),
        ];
        let read: CheckImport = posted(&fields).unwrap();
        assert_eq!(read.columns["c1"], "attribute");
        assert_eq!(read.names["c1"], "city");
        assert!(read.consents.is_empty());
        fields.push(("consents[email]", "subscribed"));
        let read: CheckImport = posted(&fields).unwrap();
        assert_eq!(read.consents["email"], "subscribed");
    }
}
