//! stub
pub mod probe;
pub struct Picture { pub width: u32, pub height: u32, pub rgba: Vec<u8> }
impl std::fmt::Debug for Picture { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("Picture") } }
pub fn picture(bytes: &[u8], side: u32) -> Result<Picture, String> {
    let image = image::load_from_memory(bytes).map_err(|e| e.to_string())?.thumbnail(side, side).to_rgba8();
    Ok(Picture { width: image.width(), height: image.height(), rgba: image.into_raw() })
}
pub fn local_file(path: &std::path::Path) -> crate::draft::avatar_video::LocalFile {
    crate::draft::avatar_video::LocalFile { path: path.to_owned(), size: 0, media_type: Some("video/mp4".into()), duration: None, dimensions: None, fault: None }
}
#[derive(Debug)]
pub enum PlayerEvent { Finished, Failed(String) }
impl PlayerEvent { pub fn fault(self) -> Option<String> { match self { Self::Finished => None, Self::Failed(w) => Some(w) } } }
pub struct Player;
impl Player {
    pub fn new(_: Box<dyn Fn(PlayerEvent) + Send>) -> Result<Self, String> { Ok(Self) }
    pub fn play(&self, _: std::sync::Arc<[u8]>) {}
    pub fn stop(&self) {}
}
