//! Requests read back from the wire, so that a test can compare what a server received with what it expects.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap};

use super::Request;
use crate::encode::path::PathValue;
use crate::encode::{content, percent};
use crate::error::{Error, Result};
use crate::operation::OperationInfo;

impl Request {
    /// The request that a server received, as a value. `path_and_query` may have a prefix before the
    /// operation's own path. It has no client, so it can be compared and not sent.
    ///
    /// # Errors
    /// [`Error::Request`] when the path does not fit the operation.
    ///
    /// ```
    /// use lockstep_runtime::{Method, OperationInfo, Request};
    ///
    /// static INFO: OperationInfo = OperationInfo::new("getPet", Method::GET, "/pets/{id}");
    /// let request = Request::received(&INFO, "/v1/pets/a%20b?limit=5", &Default::default(), "")?;
    /// assert_eq!(request.path_value("id"), Some("a b"));
    /// assert_eq!(request.query_pairs(), [("limit", "5")]);
    /// # Ok::<(), lockstep_runtime::Error>(())
    /// ```
    pub fn received(
        info: &'static OperationInfo,
        path_and_query: &str,
        headers: &HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<Self> {
        let mut request = Self::new(None, info);
        request.is_received = true;
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        request.path = match_path(info.path, path).ok_or_else(|| {
            Error::request(format!(
                "{path} is no path of the operation {} ({})",
                info.id, info.path
            ))
        })?;
        for (name, value) in percent::parse_pairs(query) {
            request.query.add(name, value);
        }
        for cookie in headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|all| all.split(';'))
        {
            if let Some((name, value)) = cookie.trim().split_once('=') {
                request.cookies.retain(|(known, _)| known != name);
                request.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let media_type =
            headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        request.content = content::read(media_type, body.into());
        request.headers = headers.clone();
        Ok(request)
    }
}

/// The values of the template's placeholders, matched from the end of the path.
fn match_path(template: &str, path: &str) -> Option<Vec<PathValue>> {
    let wanted: Vec<&str> = template.split('/').skip(1).collect();
    let given: Vec<&str> = path.split('/').collect();
    let start = given.len().checked_sub(wanted.len())?;
    let mut values = Vec::new();
    for (wanted, given) in wanted.iter().zip(&given[start..]) {
        match_segment(wanted, given, &mut values)?;
    }
    Some(values)
}

/// One segment, which may hold several placeholders with text between them (`{name}.{format}`).
fn match_segment(template: &str, given: &str, values: &mut Vec<PathValue>) -> Option<()> {
    let Some((before, rest)) = template.split_once('{') else {
        return (percent::decode(template, false) == percent::decode(given, false)).then_some(());
    };
    let (name, after) = rest.split_once('}')?;
    let given = given.strip_prefix(before)?;
    let until = after.split('{').next().unwrap_or_default();
    let end = if until.is_empty() { given.len() } else { given.find(until)? };
    values.push(PathValue::read(name, &given[..end]));
    match_segment(after, &given[end..], values)
}
