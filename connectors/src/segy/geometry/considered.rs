//! What was considered, with its evidence, and how sure the choice is.

use super::choice::CoordinateCandidate;
use super::line2d::Line;
use super::lines::{Pair, Tried};
use super::{Candidate, Geometry, GeometryKind, Role};

/// What another pair with other numbers takes from the confidence.
pub fn confidence(geometry: &mut Geometry, tried: &[Tried], stated: bool) {
    if stated {
        geometry.confidence = 1.0;
        return;
    }
    if let (Some(best), Some(second)) = (tried.first(), tried.get(1))
        && geometry.kind.is_3d()
    {
        let near = ((second.score / best.score.max(1e-9) - 0.7) / 0.3).clamp(0.0, 1.0);
        geometry.confidence *= 1.0 - 0.5 * near;
    }
    geometry.confidence = geometry.confidence.clamp(0.0, 1.0);
}

/// Lists everything that was considered.
pub fn list(
    geometry: &mut Geometry,
    pairs: &mut [Pair],
    tried: &[Tried],
    coordinates: &[CoordinateCandidate],
    line: Option<&Line>,
) {
    let mut all = Vec::new();
    for tried in tried {
        let taken = geometry.fields.inline.as_ref() == Some(&tried.pair.inline)
            && geometry.fields.crossline.as_ref() == Some(&tried.pair.crossline);
        all.push(Candidate {
            role: Role::Lines,
            fields: vec![tried.pair.inline.clone(), tried.pair.crossline.clone()],
            confidence: if taken { geometry.confidence } else { tried.score },
            evidence: tried.evidence.clone(),
            taken,
        });
    }
    let shown = |p: &&mut Pair| !tried.iter().any(|t| (&t.pair.inline, &t.pair.crossline) == (&p.inline, &p.crossline));
    for pair in pairs.iter_mut().filter(shown) {
        let evidence = match (&pair.rejected, &pair.same_as) {
            (Some(why), _) => why.clone(),
            (None, Some(other)) => format!("the same numbers as {other}"),
            (None, None) => "others promise more".to_owned(),
        };
        // Words of the standard's other fields, that hold no line numbers, are not worth a line each.
        if pair.prior < 0.7 && !pair.stated && pair.rejected.is_some() {
            continue;
        }
        all.push(Candidate {
            role: Role::Lines,
            fields: vec![pair.inline.clone(), pair.crossline.clone()],
            confidence: 0.0,
            evidence,
            taken: false,
        });
    }
    if let Some(line) = line {
        let fields = [&line.cdp, &line.shotpoint, &line.shot, &line.offset];
        all.push(Candidate {
            role: Role::Line,
            fields: fields.into_iter().flatten().map(|n| n.field.clone()).collect(),
            confidence: line.score.clamp(0.0, 1.0),
            evidence: line.evidence.clone(),
            taken: matches!(geometry.kind, GeometryKind::Line2d | GeometryKind::Prestack2d),
        });
    }
    for candidate in coordinates {
        let taken = geometry.fields.x.as_ref() == Some(&candidate.fields.x)
            && geometry.fields.y.as_ref() == Some(&candidate.fields.y)
            && candidate.rejected.is_none();
        all.push(Candidate {
            role: Role::Coordinates,
            fields: vec![candidate.fields.x.clone(), candidate.fields.y.clone()],
            confidence: if candidate.rejected.is_some() { 0.0 } else { candidate.score.clamp(0.0, 1.0) },
            evidence: candidate.rejected.clone().unwrap_or_else(|| candidate.evidence.clone()),
            taken,
        });
    }
    geometry.candidates = all;
}
