//! A connection string with several hosts, as one configuration for each: a host that hangs must not keep the next from its
//! turn.

use std::cmp;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, TargetSessionAttrs};

use crate::{OpenError, Options};

/// One configuration for each host, in their order. Which session is good enough is for our own checks to say.
pub(crate) fn split(text: &str, options: &Options) -> Result<Vec<Config>, OpenError> {
    let config: Config = text.parse().map_err(|_| OpenError::Config)?;
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = cmp::max(hosts.len(), addresses.len());
    let fits = |len: usize| len == 0 || len == count;
    if count == 0 || !fits(hosts.len()) || !fits(addresses.len()) || !(ports.len() <= 1 || ports.len() == count) {
        return Err(OpenError::Config);
    }
    let one = |i: usize| {
        let mut one = without_hosts(&config, options);
        match hosts.get(i) {
            Some(Host::Tcp(name)) => _ = one.host(name),
            #[cfg(unix)]
            Some(Host::Unix(path)) => _ = one.host_path(path),
            None => {}
        }
        addresses.get(i).map(|address| one.hostaddr(*address));
        ports.get(i).or(ports.first()).map(|port| one.port(*port));
        one
    };
    Ok((0..count).map(one).collect())
}

fn without_hosts(from: &Config, options: &Options) -> Config {
    let mut config = Config::new();
    from.get_user().map(|user| config.user(user));
    from.get_password().map(|password| config.password(password));
    from.get_dbname().map(|name| config.dbname(name));
    from.get_options().map(|options| config.options(options));
    config
        .application_name(from.get_application_name().unwrap_or("farebox"))
        .ssl_mode(from.get_ssl_mode())
        .ssl_negotiation(from.get_ssl_negotiation())
        .channel_binding(from.get_channel_binding())
        .target_session_attrs(TargetSessionAttrs::Any)
        .connect_timeout(from.get_connect_timeout().copied().unwrap_or(options.connect))
        // A host that vanished is noticed even where nothing is sent.
        .tcp_user_timeout(from.get_tcp_user_timeout().copied().unwrap_or(options.limit))
        .keepalives(from.get_keepalives())
        .keepalives_idle(cmp::min(from.get_keepalives_idle(), Duration::from_secs(30)));
    from.get_keepalives_interval().map(|interval| config.keepalives_interval(interval));
    from.get_keepalives_retries().map(|retries| config.keepalives_retries(retries));
    config
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn of(text: &str) -> Result<Vec<Config>, OpenError> {
        split(text, &Options::default())
    }

    #[test]
    fn every_host_has_its_port() {
        let hosts = of("host=a,b port=1,2 user=u password=p dbname=d sslmode=require").unwrap();
        assert_eq!(hosts.len(), 2);
        assert_eq!((hosts[1].get_hosts(), hosts[1].get_ports()), (&[Host::Tcp("b".into())][..], &[2][..]));
        assert_eq!((hosts[1].get_user(), hosts[1].get_password()), (Some("u"), Some(&b"p"[..])));
        assert_eq!(hosts[1].get_ssl_mode(), tokio_postgres::config::SslMode::Require);
        assert_eq!(of("postgres://u@a:5,b:6,c:7/d").unwrap().len(), 3);
        assert_eq!(of("host=a,b port=9").unwrap()[1].get_ports(), [9]);
        assert_eq!(of("host=/run/postgresql user=u").unwrap().len(), 1);
    }

    #[test]
    fn what_does_not_read_is_not_repeated() {
        for text in ["", "user=u", "host=a,b,c port=1,2", "host='a", "nonsense", "password=hunter2 hunter=3 host=a"] {
            let error = of(text).unwrap_err();
            assert!(matches!(error, OpenError::Config), "{text}");
            assert!(!format!("{error:?} {error}").contains("hunter"));
        }
    }
}
