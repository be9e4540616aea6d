//! Uploads: small files in a struct, large ones written to disk as they arrive, and downloads.
//!
//! ```text
//! cargo run -p http4k-ws-examples-web --example upload -- /tmp/uploads
//! curl -F title=cats -F photo=@cat.png http://127.0.0.1:9000/photos
//! curl -F backup=@large.tar http://127.0.0.1:9000/backups
//! curl -OJ http://127.0.0.1:9000/photos/0
//! ```

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http4k_ws::bytes::Bytes;
use http4k_ws::filter::max_body;
use http4k_ws::lens::{Multipart, MultipartError, Part};
use http4k_ws::message::Attachment;
use http4k_ws::prelude::*;

/// A photo, which is in memory before the handler is called.
#[derive(FromRequest)]
struct Photo {
    #[part]
    title: String,
    #[part(max = 1 << 20)]
    photo: Part,
}

struct Store {
    folder: PathBuf,
    /// The time of the start, so that a later process chooses other paths.
    started: u128,
    saved: AtomicUsize,
    /// The name and the content of each photo.
    photos: Mutex<Vec<(String, Bytes)>>,
}

impl Store {
    fn at(folder: impl Into<PathBuf>) -> Arc<Self> {
        let since_epoch = SystemTime::UNIX_EPOCH.elapsed();
        Arc::new(Self {
            folder: folder.into(),
            started: since_epoch.unwrap_or(Duration::ZERO).as_millis(),
            saved: AtomicUsize::new(0),
            photos: Mutex::default(),
        })
    }

    /// Returns the path of a new file, in which nothing is from a client.
    fn next_path(&self) -> PathBuf {
        let number = self.saved.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}.backup", self.started);
        self.folder.join(name)
    }
}

async fn add(store: &Store, photo: Photo) -> Result<String, MultipartError> {
    let name = photo.photo.file_name();
    let name = name.unwrap_or_else(|| "photo".to_owned());
    let bytes = photo.photo.bytes().await?;
    let mut photos = store.photos.lock().unwrap_or_else(PoisonError::into_inner);
    photos.push((name, bytes));
    Ok(format!("{} is photo {}\n", photo.title, photos.len() - 1))
}

async fn download(store: &Store, at: usize) -> Option<Attachment> {
    let photos = store.photos.lock().unwrap_or_else(PoisonError::into_inner);
    let (name, bytes) = photos.get(at)?;
    Some(Attachment::new(name, bytes.clone()))
}

/// Writes each file to disk while it arrives. Memory does not depend on its length.
async fn back_up(store: &Store, mut form: Multipart) -> Result<String, MultipartError> {
    let mut lines = String::new();
    while let Some(part) = form.next_part().await? {
        if part.is_file() {
            let name = part.name().to_owned();
            let length = part.save(store.next_path()).await?;
            lines.push_str(&format!("{name}: {length} bytes\n"));
        }
    }
    Ok(lines)
}

routes! {
    fn app(store: Arc<Store>) -> PolyHandler {
        POST "/photos"      => http(add(&store, _)),
        GET  "/photos/<at>" => http(download(&store, at)),
        POST "/backups" with(max_body(1 << 30)) => http(back_up(&store, _)),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "uploads".to_owned());
    std::fs::create_dir_all(&folder)?;
    println!("http://127.0.0.1:9000/");
    app(Store::at(folder)).serve("127.0.0.1:9000").await
}

#[cfg(test)]
mod tests {
    use http4k_ws::lens::MultipartBody;

    use super::*;

    fn post(app: &PolyHandler, path: &str, form: MultipartBody) -> Response {
        let request = Request::post(path).body(Body::empty()).expect("a request");
        app.test_http(request.with(form).expect("a form"))
    }

    #[test]
    fn a_photo_is_kept_and_downloaded() {
        let app = app(Store::at("unused"));
        let form = MultipartBody::new().text("title", "cats");
        let stored = post(
            &app,
            "/photos",
            form.file("photo", "../caf\u{e9}.png", &b"\x89PNG"[..]),
        );
        assert_eq!(stored.body(), "cats is photo 0\n");
        let photo = app.test_http("/photos/0");
        assert_eq!(photo.body(), b"\x89PNG");
        assert_eq!(
            photo.header("content-disposition"),
            Some("attachment; filename=\"caf_.png\"; filename*=UTF-8''caf%C3%A9.png")
        );
        assert_eq!(app.test_http("/photos/1").status(), 404);
    }

    #[test]
    fn a_response_names_every_fault() {
        let app = app(Store::at("unused"));
        let response = post(&app, "/photos", MultipartBody::new());
        let text = response.body().as_text().expect("text");
        assert_eq!(response.status(), 400);
        assert!(
            text.contains("form `title` is required; form `photo` is required"),
            "{text}"
        );

        let large = MultipartBody::new().file("photo", "a", vec![0; (1 << 20) + 1]);
        let response = post(&app, "/photos", large);
        let text = response.body().as_text().expect("text");
        assert_eq!(response.status(), 413);
        assert!(
            text.contains("form `photo`") && text.contains("1048576 bytes"),
            "{text}"
        );
    }

    #[test]
    fn a_backup_is_written_to_disk() {
        let folder = std::env::temp_dir().join(format!("http4k-ws-upload-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let app = app(Store::at(&folder));
        let form = MultipartBody::new().text("ignored", "x");
        let form = form.file("backup", "/etc/passwd", vec![7; 3 << 20]);
        let response = post(&app, "/backups", form);
        assert_eq!(response.body(), "backup: 3145728 bytes\n");
        let files = std::fs::read_dir(&folder).expect("the folder");
        let paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        assert_eq!(paths.len(), 1, "{paths:?}");
        let saved = std::fs::read(&paths[0]).expect("the file");
        assert!(saved == vec![7; 3 << 20]);
        std::fs::remove_dir_all(&folder).expect("the folder");
    }
}
