//! The way from one instance to the database, which can break.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::plan::Break;

type State = watch::Receiver<Option<Break>>;

/// A share of all answers comes late by this much.
#[derive(Clone, Copy)]
pub struct Slow {
    pub share: f64,
    pub by: Duration,
}

/// Listens on a loopback port for as long as it lives.
pub struct Wire {
    pub endpoint: String,
    state: watch::Sender<Option<Break>>,
    _tasks: JoinSet<()>,
}

impl Wire {
    pub async fn start(engine: &str, slow: Option<Slow>, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (state, watched) = watch::channel(None);
        let engine = engine.to_owned();
        let mut random = StdRng::seed_from_u64(seed);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((app, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                connections.spawn(pass(app, engine.clone(), watched.clone(), slow, StdRng::from_rng(&mut random)));
            }
        });
        Self { endpoint, state, _tasks: tasks }
    }

    pub fn fail(&self, how: Break) {
        self.state.send_replace(Some(how));
    }

    pub fn heal(&self) {
        self.state.send_replace(None);
    }
}

async fn pass(app: TcpStream, engine: String, mut state: State, slow: Option<Slow>, random: StdRng) {
    let mut cut = state.clone();
    let work = async {
        let Ok(engine) = TcpStream::connect(engine).await else { return };
        // Small parts must not wait for more to send.
        let _ = (app.set_nodelay(true), engine.set_nodelay(true));
        let ((from_app, to_app), (from_engine, to_engine)) = (app.into_split(), engine.into_split());
        tokio::select! {
            () = up(from_app, to_engine) => {}
            () = down(from_engine, to_app, &mut state, slow, random) => {}
        }
    };
    tokio::select! {
        () = work => {}
        _ = cut.wait_for(|state| *state == Some(Break::Cut)) => {}
    }
}

async fn up(mut from_app: OwnedReadHalf, mut to_engine: OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from_app, &mut to_engine).await;
}

async fn down(
    mut from_engine: OwnedReadHalf,
    mut to_app: OwnedWriteHalf,
    state: &mut State,
    slow: Option<Slow>,
    mut random: StdRng,
) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from_engine.read(&mut buffer).await {
        if *state.borrow() == Some(Break::Mute) {
            // What was to be said is lost, and with it the connection.
            let _ = state.wait_for(Option::is_none).await;
            return;
        }
        if let Some(slow) = slow
            && random.random_bool(slow.share)
        {
            tokio::time::sleep(slow.by).await;
        }
        if to_app.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
