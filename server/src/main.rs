//! `lifehub`: reads what the operator chose, opens the database, serves. Every way not to start is one sentence.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use domain::sign_up::draw::Secret;
use server::assets::{Assets, recent};
use server::calendar::{expand_lines, print_almanac};
use server::config::{Cli, DatabaseOptions, ServeOptions, Task};
use server::live::Hub;
use server::login::LoginGate;
use server::login::sender::Sender;
use server::reads::cache::Caches;
use server::recompute::recompute;
use server::router::router;
use server::serve::{serve, stop_on_signal};
use server::state::{AppState, Clock, Entropy, Shared};
use server::store::{Db, Opening, check, restored};
use server::telemetry::Telemetry;
use server::{caller, demo, jobs};
use tokio::net::TcpListener;
use tokio::time::MissedTickBehavior;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Task::Serve(options) => in_runtime(run(*options)),
        Task::Check(options) => in_runtime(check_database(options)),
        Task::Restored(options) => in_runtime(restored_database(options)),
        Task::Almanac(days) => print_almanac(days.from.as_deref(), days.to.as_deref(), io::stdout().lock())
            .map(|()| ExitCode::SUCCESS)
            .map_err(Failure::from),
        Task::Expand => {
            expand_lines(io::stdin().lock(), io::stdout().lock()).map(|()| ExitCode::SUCCESS).map_err(Failure::from)
        }
        Task::Draw => recompute(io::stdin().lock(), io::stdout().lock())
            .map(|is_one| if is_one { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            .map_err(Failure::from),
    };
    done.unwrap_or_else(|error| fail(&error))
}

fn in_runtime(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn fail(error: &Failure) -> ExitCode {
    eprintln!("lifehub: {error}");
    ExitCode::FAILURE
}

async fn run(options: ServeOptions) -> Result<ExitCode, Failure> {
    let settings = options.settings()?;
    let sender = Sender::new(options.sms_route()?);
    let clock = options.clock_at()?.map_or(Clock::System, Clock::starting_at);
    let stop = stop_on_signal()?;
    // The address before the database: whoever finds it taken has changed nothing.
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let draw_key = if options.demo { demo::draw_key(options.demo_seed) } else { Secret::of_random(Entropy.bytes()) };
    let opening = Opening { demo: options.demo, epoch: Entropy.number(), draw_key, now: clock.now() };
    let db = Db::open(&options.database.address()?, opening).await?;
    if options.demo {
        let line = "=".repeat(78);
        eprintln!("{line}\nDEMONSTRATION: people and activities are made up, codes are shown, and anybody may be");
        eprintln!("anybody. Never put real people's data here.\n{line}");
        let district = demo::ensure(&db, options.demo_seed, clock.now().date()).await?;
        if district.is_new {
            jobs::catch_up(&db, clock.now()).await?;
            eprintln!(
                "lifehub: made a district of {} communities and {} dates",
                district.communities, district.occurrences
            );
        }
    }
    let state = AppState::new(Shared {
        db: db.clone(),
        clock,
        entropy: Entropy,
        settings,
        login: LoginGate::new(sender),
        live: Hub::default(),
        caches: Caches::default(),
        assets: Assets::embedded(),
        telemetry: Telemetry::new(!options.quiet),
    });
    eprintln!("lifehub: serving on http://{}", listener.local_addr()?);
    let jobs = tokio::spawn(run_jobs(state.clone()));
    let served = serve(listener, router(state.clone()), state, stop).await;
    jobs.abort();
    db.close().await;
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Does what time does, until the server stops. A round that failed is told and made up for by the next.
async fn run_jobs(state: AppState) {
    let mut rounds = tokio::time::interval(Duration::from_secs(jobs::EVERY_SECONDS));
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_build_kept = false;
    for round in 0_u64.. {
        rounds.tick().await;
        let now = state.clock.now();
        let is_hour = round.is_multiple_of(jobs::retention::EVERY_SECONDS / jobs::EVERY_SECONDS);
        if is_hour || !is_build_kept {
            let kept = recent::keep(&state, now).await;
            is_build_kept = kept.is_ok();
            if let Err(error) = kept {
                eprintln!("lifehub: builds: {error}");
            }
        }
        if let Err(error) = jobs::run(&state.db, now).await {
            eprintln!("lifehub: jobs: {error}");
        }
        if let Err(error) = jobs::series::extend_all(&state.db, now).await {
            eprintln!("lifehub: series: {error}");
        }
        match jobs::series::count_behind(&state.db, now).await {
            Ok(behind) => {
                state.telemetry.series_behind(behind);
                if behind > 0 {
                    eprintln!("lifehub: series: {behind} have fallen behind their horizon");
                }
            }
            Err(error) => eprintln!("lifehub: series: {error}"),
        }
        if let Err(error) = caller::remove_ended_sessions(&state, now).await {
            eprintln!("lifehub: sessions: {error}");
        }
        if is_hour && let Err(error) = jobs::reminders::remind(&state.db, now).await {
            eprintln!("lifehub: reminders: {error}");
        }
        if is_hour && let Err(error) = jobs::retention::forget(&state.db, now).await {
            eprintln!("lifehub: retention: {error}");
        }
    }
}

async fn restored_database(options: DatabaseOptions) -> Result<ExitCode, Failure> {
    restored::renew_epoch(&options.address()?, Entropy.number()).await??;
    Ok(ExitCode::SUCCESS)
}

async fn check_database(options: DatabaseOptions) -> Result<ExitCode, Failure> {
    let findings = check::check_at(&options.address()?).await??;
    for finding in &findings {
        println!("{finding}");
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
