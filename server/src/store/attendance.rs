//! Who came: taking back what was noted by mistake.

use domain::id::SignUpId;

use super::engine::Conn;
use super::error::StoreError;

/// Notes that a party has not arrived after all.
///
/// # Errors
/// [`StoreError`].
pub async fn undo_check_in(conn: &mut Conn<'_>, sign_up: SignUpId) -> Result<(), StoreError> {
    conn.later("update sign_up set checked_in_at = null where id = $1", &[sign_up.into()]).await
}
