//! Logs, on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Format, Level, Log};
use crate::exit::{Code, Failure};
use crate::output::Output;

/// Changes the level while the process runs.
pub(crate) struct Handle(Box<dyn Fn(EnvFilter) -> bool + Send + Sync>);

impl Handle {
    /// Takes another level. Whether it did.
    pub(crate) fn set(&self, level: Level) -> bool {
        (self.0)(filter(level))
    }
}

/// Starts to log. Once for a process.
///
/// # Errors
/// [`Code::Failure`] the second time.
pub(crate) fn start(log: &Log, output: &Output) -> Result<Handle, Failure> {
    let builder = tracing_subscriber::fmt()
        .with_writer(Stderr)
        .with_ansi(output.colors_logs())
        .with_env_filter(filter(log.level))
        .with_filter_reloading();
    let handle = builder.reload_handle();
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        Failure::new(Code::Failure, format!("logging does not start: {error}"))
    };
    let handle: Box<dyn Fn(EnvFilter) -> bool + Send + Sync> = match log.format {
        Format::Text => {
            builder.try_init().map_err(failed)?;
            Box::new(move |filter| handle.reload(filter).is_ok())
        }
        Format::Json => {
            // The format is a part of the handle's type.
            let builder = tracing_subscriber::fmt()
                .json()
                .with_writer(Stderr)
                .with_env_filter(filter(log.level))
                .with_filter_reloading();
            let handle = builder.reload_handle();
            builder.try_init().map_err(failed)?;
            Box::new(move |filter| handle.reload(filter).is_ok())
        }
    };
    Ok(Handle(handle))
}

/// Libraries never say more than warnings: at lower levels some of them print what they send.
fn filter(level: Level) -> EnvFilter {
    EnvFilter::new(match level {
        Level::Off => "off",
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "warn,farebox=info",
        Level::Debug => "warn,farebox=debug",
        Level::Trace => "warn,farebox=trace",
    })
}

/// Standard error, in one write for a line.
#[derive(Clone, Copy)]
struct Stderr;

impl MakeWriter<'_> for Stderr {
    type Writer = std::io::Stderr;

    fn make_writer(&self) -> Self::Writer {
        std::io::stderr()
    }
}
