//! How a path is written.

/// A path put right: one slash at the front, braces in pairs around names, no query, no fragment.
pub(super) fn tidy(path: &str) -> String {
    let path = path.trim();
    let end = path.find(['?', '#']).unwrap_or(path.len());
    // `{id?}` is how a route says that a parameter may be left out; its mark begins no query.
    let end = match path[..end].rfind('{') {
        Some(open) if !path[open..end].contains('}') => {
            let close = path[end..].find('}').map_or(end, |close| end + close + 1);
            let rest = &path[close..];
            close + rest.find(['?', '#']).unwrap_or(rest.len())
        }
        _ => end,
    };
    let mut tidy = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        tidy.push('/');
    }
    for (index, segment) in path[..end].split('/').enumerate() {
        if index > 0 {
            tidy.push('/');
        }
        segment_into(segment, &mut tidy);
    }
    tidy
}

fn segment_into(segment: &str, out: &mut String) {
    let mut rest = segment;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..];
        rest = &brace[1..];
        if brace.starts_with('}') {
            continue;
        }
        let inner = rest.trim_start_matches('{');
        let end = inner.find(['{', '}']).unwrap_or(inner.len());
        let name = inner[..end].trim().trim_end_matches(['?', '*']).trim_start_matches(['$', '*']);
        if !name.is_empty() {
            out.push('{');
            out.push_str(name);
            out.push('}');
        }
        rest = inner[end..].trim_start_matches('}');
    }
    out.push_str(rest);
}

/// The names of the parameters of a path, in order, each once.
pub(super) fn names(path: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in path.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !name.is_empty()
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_put_right() {
        for (written, meant) in [
            ("/a/{id}", "/a/{id}"),
            ("a", "/a"),
            ("/a/{id", "/a/{id}"),
            ("/a/id}", "/a/id"),
            ("/a/{{id}}/b", "/a/{id}/b"),
            ("/a/{id?}", "/a/{id}"),
            ("/a/{id?}?x={y}", "/a/{id}"),
            ("/a/{}/b", "/a//b"),
            ("/a?x={x}#y", "/a"),
            ("/a#copy", "/a"),
            ("/a/{id/b}", "/a/{id}/b"),
            ("/{a}.{b}", "/{a}.{b}"),
            ("/{", "/"),
            ("", "/"),
            ("/é/{ñ?", "/é/{ñ}"),
        ] {
            assert_eq!(tidy(written), meant, "{written}");
            assert_eq!(tidy(meant), meant, "{meant}");
        }
        assert_eq!(names("/{a}/x{b}-{a}/{"), ["a", "b"]);
    }
}
