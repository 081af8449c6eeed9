
mod jobs;
mod rig;
