//! What somebody sees of contact data: all of it, or what [`domain::masking`] leaves.

use domain::masking::Mask;

use crate::auth::Principal;

/// An answer as the asker sees it.
pub(crate) fn masked_for<T: Mask>(principal: &Principal, mut answer: T) -> T {
    if !principal.sees_contacts() {
        answer.mask();
    }
    answer
}
