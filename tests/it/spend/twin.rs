//! A draft as journals keep them. The benchmarks fill their journals with it, too.

use reelmeter::draft::avatar_video::Face;
use reelmeter::draft::{AvatarType, AvatarVideoDraft, Engine, Look};

/// A digital twin's video on Avatar IV, which could be made on each of the other engines.
pub fn twin(script: &str) -> AvatarVideoDraft {
    let look = Look {
        id: "look".to_owned(),
        name: "Daria".to_owned(),
        avatar_type: AvatarType::DigitalTwin,
        group_id: None,
        default_voice_id: None,
        gender: None,
        engines: Engine::ALL.to_vec(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    };
    let script = script.to_owned();
    AvatarVideoDraft { face: Face::Look(look), engine: Engine::AvatarIv, script, ..AvatarVideoDraft::default() }
}
