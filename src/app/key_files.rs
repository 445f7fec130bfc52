//! What the command line does with the files of `keys_dir`.

use crate::config::Config;
use crate::crypto::key_folder::{AtRest, sealing_key_path, unseal as unseal_folder};
use anyhow::bail;

/// Takes the seal from the installation's sealing key, so that another key can seal it or none; answers with what is to
/// be printed.
///
/// # Errors
/// No key is configured, or it is not the one that seals.
pub fn unseal(config: &Config) -> anyhow::Result<String> {
    let Some(seal) = config.keys.seal()? else {
        bail!(
            "neither `keys.seal_key_file` nor `keys.seal_key` is set; the seal is taken off with the key that it was made by"
        )
    };
    let path = sealing_key_path(&config.keys_dir);
    Ok(match unseal_folder(&config.keys_dir, &seal)? {
        AtRest::Sealed => format!(
            "{} is not sealed any more; the next start seals it again by the key that is configured then, if there is one",
            path.display()
        ),
        AtRest::Plain => format!("{} was not sealed.", path.display()),
    })
}
