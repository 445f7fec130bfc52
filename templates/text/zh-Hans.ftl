# 简体中文。称呼用“您”；中文与西文、数字之间留一个空格；标点用全角。测试会将此处的键与 en.ftl 逐一比较。

## 通用

product = Abide
foot = 您的密码只留在 Abide，应用永远看不到。
skip = 跳到正文
title-error = 错误：
optional = 选填
none = 无
cancel = 取消
never = 永不
created = 创建时间
action = 操作
search = 搜索
copy = 复制
copied = 已复制
next-page = 下一页
to-account = 前往您的账号
to-security = 登录与安全
to-console = 控制台
app-home = 关于 { $app }
app-policy = 隐私政策
app-terms = 使用条款

## 字段

field-username = 用户名
field-password = 密码
field-password-hint = 至少 { $count } 个字符。用几个互不相关的词组成，就是好密码。
field-remember = 保持登录状态
field-remember-hint = 仅限您独自使用的设备。
field-name = 姓名
field-email = 电子邮件地址
password-show = 显示
password-hide = 隐藏
password-show-label = 显示密码
password-hide-label = 隐藏密码

## 登录

sign-in = 登录
sign-in-heading = 登录
sign-in-heading-again = 请确认是您本人
sign-in-heading-console = 登录控制台
sign-in-to-continue = 以继续使用 { $app }
sign-in-again = 请再次输入密码以继续。
sign-in-again-for = { $app } 要求您再次输入密码。
sign-in-console = 仅供此 Abide 的管理员使用。

second-factor-heading = 还差一步
second-factor-explanation = 请打开身份验证器应用，输入其中为 { $person } 显示的验证码。
field-code = 验证码
field-code-hint = 六位数字，每半分钟更换一次。
field-code-recovery = 如果应用不在手边，请输入一个恢复码。
confirm-code = 继续

## 选择账号

select-heading = 选择账号
select-to-continue = 以继续使用 { $app }
select-another = 使用其他账号

## 授权

consent-title = 允许 { $app } 访问？
consent-heading = { $app } 请求访问
consent-person = 您当前以 { $person } 的身份登录。
consent-asks = 如果您同意，{ $app } 将获得：
consent-offline = 您离开时仍可访问
consent-offline-detail = 您退出登录后它仍保持连接，直到您撤销授权。
consent-destination = 您将被转到
consent-allow = 允许
consent-deny = 不允许
consent-withdraw = 您可以随时在账号页面上撤销授权。

## 退出登录

sign-out = 退出登录
sign-out-heading = 要退出登录吗？
sign-out-asked = 这是 { $app } 发起的请求。
sign-out-person = 您当前以 { $person } 的身份登录。
sign-out-apps = 使用此次登录的应用
sign-out-stay = 保持登录
sign-out-scope = 退出范围
sign-out-browser = 此浏览器中的所有应用
sign-out-app = 仅 { $app }
sign-out-everywhere = 所有设备，全部退出
signed-out-heading = 您已退出登录
signed-out = 您在此浏览器中的会话已结束。
signed-out-app-heading = 您已退出该应用
signed-out-app = 您在此浏览器中的会话仍在继续，其他应用也不受影响。
signed-out-apps = 曾使用此会话的应用
signed-out-apps-hint = 它们无法再续期访问权限。如果是共用设备，请同时关闭浏览器。
signed-out-continue = 继续
told-underway = 正在通知
told-told = 已知晓
told-not-reached = 无法连接，我们会继续尝试
told-asked = 已请求其让您退出
told-no-address = 下次请求时会得知
signed-out-again = 重新登录
signed-out-idle = 由于您有一段时间没有活动，系统已让您退出登录。
signed-out-absolute = 由于登录时限已到，需要重新登录，系统已让您退出。
signed-out-revoked = 此次登录已在别处被终止。
signed-out-credential-changed = 由于您的密码已更改，系统已让您退出登录。
stayed-heading = 您仍处于登录状态
stayed = 没有任何变化。您可以关闭此页面。

## 会话结束之前

warning-countdown = 您将在 { $time } 后退出登录。
warning-idle-heading = 您还在吗？
warning-idle = 您有一段时间没有活动了。保持登录不会丢失任何内容。
warning-absolute-heading = 您的登录即将到期
warning-absolute = 要保持登录状态，需要重新登录一次。之后您会回到当前位置。
warning-console-countdown = 控制台将在 { $time } 后关闭。
warning-console-absolute-heading = 控制台即将关闭
warning-console-absolute = 要继续操作，需要重新登录一次。之后您会回到当前位置。
console-over-heading = 控制台已关闭
console-over = 请重新登录以继续。
console-over-idle = 您在控制台中有一段时间没有活动了。在其他地方，您仍处于登录状态。
console-over-absolute = 登录时限已到，需要重新登录。在其他地方，您仍处于登录状态。
console-over-revoked = 您已不再是管理员。

## 无法继续

error-reference = 参考编号
error-developer = 供应用开发者参考

## 首位管理员

setup-heading = 创建首位管理员
setup-explanation = 此账号用于管理用户、应用和会话。您使用的链接仅一次有效。
setup-create = 创建管理员
setup-gone-heading = 此设置链接已失效
setup-gone = 链接已被使用、已超过一小时、已有更新的链接，或者已经有管理员。
setup-gone-new = 要获取新链接，请在服务器上运行：
setup-gone-console = 前往控制台

## 个人页面

account-title = 您的账号
account-sessions = 您的登录位置
account-sessions-detail = 如有您不认识的登录，请将其退出。
account-this-browser = 此浏览器
account-end-others = 退出其他所有登录
account-consents = 有访问权限的应用
account-consents-detail = 您允许获取您部分信息的应用。
account-consents-none = 您尚未授权任何应用。
session-address = 地址
session-started = 登录时间
session-last-active = 最近活动
session-ends = 结束时间
session-apps = 会话中的应用：{ $device }
session-end-label = 退出登录：{ $device }
session-continued = 超时后恢复
limit-idle = 如果没有活动
limit-absolute = 无论是否有活动
app-joined = 加入时间
app-ends = 截至
app-no-end = 没有单独的时限
app-grants = 转交的登录
app-grants-count = { $count }
app-renewals = 续期访问
app-renewals-count = { $count } 次
app-renewed = 最近一次
app-leave = 退出 { $app }
consent-scopes = { $app } 可获取的内容
consent-given = 授权时间
consent-withdraw-button = 撤销
consent-withdraw-label = 撤销访问权限：{ $app }

## 控制台

console = 控制台
console-users = 用户
console-clients = 应用
console-sessions = 会话
console-audit = 审计

user-add = 添加用户
user-password = 初始密码
user-admin = 管理员
user-admin-hint = 可以使用此控制台。
user-search = 按用户名查找
user-person = 用户
user-roles = 角色
user-state = 状态
user-active = 正常
user-disabled = 已停用
user-disable = 停用
user-disable-label = 停用 { $user }
user-enable = 启用
user-enable-label = 启用 { $user }
user-none = 没有该名称的用户。

client-app = 应用
client-add = 添加应用
client-name = 名称
client-name-hint = 用户登录时看到的名称。
client-kind = 类型
client-kind-confidential = 有服务器的 Web 应用（可保管密钥）
client-kind-web = 浏览器应用（无密钥）
client-kind-native = 已安装的应用（无密钥）
client-kind-hint = 只有自带服务器的应用才能保管密钥。
client-redirect-uris = 重定向 URI
client-redirect-uris-hint = 每行一个，逐字符比较。
client-post-logout-redirect-uris = 退出登录后的重定向 URI
client-post-logout-redirect-uris-hint = 每行一个。
client-idle-timeout = 空闲时限
client-max-lifetime = 最长登录时间
client-limits-hint = 例如 15m、12h 或 30d。留空：不单独设限，沿用会话的时限。
client-scope = 权限范围（scope）
client-scope-hint = 以空格分隔。留空：全部标准权限范围。
client-consent = 授权确认
client-skip-consent = 不征求用户同意
client-skip-consent-hint = 仅限您自己组织的应用。
client-none = 还没有应用。请在上方添加第一个。
client-created = 应用已注册
client-id = 客户端 ID
client-id-copy = 复制客户端 ID
client-secret = 客户端密钥
client-secret-copy = 复制客户端密钥
client-secret-once = 请立即复制密钥。系统只保存其摘要，无法再次显示。
client-secret-none = 此应用没有密钥，它使用 PKCE 证明身份。

session-search = 按用户名查找
session-standing = 状态
session-device = 设备
session-end = 终止
session-end-of-label = 终止 { $user } 的会话（{ $device }）
session-none = 未找到会话。

audit-explanation = 发生过的事件，最新的在前。
audit-at = 时间
audit-act = 事件
audit-actor = 操作者
audit-outcome = 结果
audit-reason = 原因
audit-none = 还没有任何事件。

## 审计事件
act-sign-in = 尝试登录
act-session-started = 会话开始
act-reauthenticated = 再次登录
act-session-ended = 会话结束
act-session-timed-out = 会话超时
act-session-reconstituted = 会话恢复
act-application-joined = 应用加入会话
act-grant-issued = 授予权限
act-grant-revoked = 收回权限
act-consent-given = 同意授权
act-consent-withdrawn = 撤销授权
act-account-created = 创建账号
act-account-changed = 更改账号
act-account-disabled = 停用账号
act-account-enabled = 启用账号
act-password-changed = 设置密码
act-stepped-up = 验证第二因素
act-factor-added = 设置第二因素
act-factor-removed = 移除第二因素
act-recovery-codes-made = 生成恢复码
act-recovery-code-used = 使用恢复码
act-client-created = 添加应用
act-client-changed = 更改应用
act-setup-link-made = 生成设置链接
act-setup-done = 完成设置
outcome-done = 完成
outcome-refused = 已拒绝

## 登录与安全
security-title = 登录与安全
authenticator-heading = 两步登录
authenticator-detail = 除密码外，还需要手机应用中的验证码。这样，仅凭被盗的密码将毫无用处。
authenticator-none = 尚未设置。任何身份验证器应用均可使用。
authenticator-set-up = 设置
authenticator-replace = 换到其他设备
authenticator-name = 身份验证器应用
authenticator-remove = 移除
authenticator-remove-label = 移除身份验证器应用
factor-since = 设置时间
factor-used = 最近使用
recovery-codes = 恢复码
recovery-codes-left = { $count ->
    [0] 已用完。请在需要之前生成新的恢复码。
    [1] 仅剩一个。请在需要之前生成新的恢复码。
   *[other] 还剩 { $count } 个
}
recovery-codes-new = 生成新的恢复码
recovery-codes-explanation = 如果手机丢失，可以用其中一个恢复码代替。每个恢复码只能使用一次。
recovery-codes-once = 恢复码仅显示这一次。请打印出来，或保存在您存放密码的地方。之前的恢复码均已作废。
recovery-codes-copy = 复制恢复码
recovery-codes-kept = 我已妥善保存
authenticator-title = 设置两步登录
authenticator-scan = 请用身份验证器应用扫描此二维码。
authenticator-picture = 用于身份验证器应用的二维码
authenticator-type = 无法扫描
authenticator-copy = 复制密钥
authenticator-first-code = 请输入应用显示的验证码
authenticator-first-code-hint = 六位数字。输入正确之前，不会有任何更改。
authenticator-confirm = 开启
password-heading = 密码
password-since = 设置时间
password-none = 您还没有密码。
password-current = 当前密码
password-new = 新密码
password-others = 退出其他所有登录
password-others-hint = 同时终止应用在您离开时的权限。在此浏览器中，您仍保持登录。
password-change = 更改密码
notice-password-changed = 您的密码已更改。
notice-authenticator-added = 两步登录已开启。
notice-authenticator-removed = 两步登录已关闭。

## 设备
device = { $system } 上的 { $browser }
device-unknown = 未知设备

## 表单提示
alert-credentials = 用户名或密码不正确。请检查后重试。
alert-code = 验证码不正确，或已被使用过。请等待下一个验证码后重试。
alert-first-code = 验证码不正确。您设备的时间准确吗？请输入应用现在显示的验证码。
alert-password-current = 当前密码不正确。
alert-throttled = 尝试次数过多。请稍候再试。
alert-another-tab = 此浏览器在此期间打开了另一个页面。请在这里重新登录一次。
alert-busy = 当前登录人数较多。请几秒钟后重试。
alert-username-taken = 此用户名已被使用。
alert-username-form = 用户名须为一行 1 至 128 个字符，前后不能有空格。
alert-password-short = 密码至少需要 { $count } 个字符。
alert-password-long = 密码最多 256 个字符。
alert-password-common = 此密码太容易被猜到。请另选一个。
alert-password-username = 此密码与用户名过于相似。请另选一个。
alert-email = 这不是有效的电子邮件地址。
alert-name = 姓名须为一行，最多 1,000 个字符。
alert-user-unchanged = 未作任何更改。您不能停用自己的账号。

## 通知
notice-session-ended = 会话已终止。
notice-app-left = 您已退出该应用。
notice-others-ended = 您已退出其他所有登录。
notice-consent-withdrawn = 该应用已无法再访问。
notice-user-added = 该用户现在可以登录了。
notice-user-reset = 两步登录已重置，该用户已在所有地方退出登录。
alert-user-no-factor = 未作任何更改。此账号没有第二因素。
user-two-step = 两步登录
user-reset = 重置两步登录
user-reset-label = 重置两步登录：{ $user }
notice-user-disabled = 账号已停用，并已在所有地方退出登录。
notice-user-enabled = 该用户可以重新登录了。
notice-session-ended-of = 会话已终止。

## 权限范围
scope-openid = 您的身份
scope-openid-detail = 一个固定的标识符，用于再次认出您。
scope-profile = 您的个人资料
scope-profile-detail = 姓名、头像、语言等信息。
scope-email = 您的电子邮件地址
scope-email-detail = 以及该地址是否已验证。
scope-address = 您的邮寄地址
scope-phone = 您的电话号码
scope-phone-detail = 以及该号码是否已验证。

## 控制台用语
kind-confidential = 机密型
kind-web = 浏览器应用
kind-native = 已安装的应用
consent-asked = 征求同意
consent-skipped = 无需同意
standing-live = 活跃
standing-warn = 即将结束
standing-dormant = 已超时
standing-expired = 已过期
standing-ended = 已结束

## 错误页面
error-bad-request = 此登录链接无效
error-bad-request-detail = 将您转到此处的应用发出的请求有误。请返回该应用后重试。
error-unknown-client = 我们不认识此应用
error-unknown-client-detail = 将您转到此处的应用未在此 Abide 上注册。
error-redirect-uri = 我们无法将您转回此应用
error-redirect-uri-detail = 它要将您转往的地址不在其注册地址之列，因此未向该地址发送任何内容。
error-form = 此表单已失效
error-form-detail = 表单打开时间过长，或并非来自我们自己的页面。请返回并刷新页面，然后重试。
error-gone = 此页面已过期
error-gone-detail = 页面已被提交过，或打开时间过长。请返回应用，从那里重新登录。
error-forbidden = 您的账号无权访问此页面
error-forbidden-detail = 您的账号不能打开此页面。请使用其他账号登录，或联系管理员。
error-not-found = 没有此页面
error-not-found-detail = 请检查地址，或前往您的账号页面。
error-fault = 我们这边出了问题
error-fault-detail = 问题已被记录。请稍后重试；如果仍未解决，请将下方的参考编号告知此 Abide 的运营者。
error-busy = 我们暂时无法响应
error-busy-detail = 未作任何更改。请几秒钟后重试。

## 语言与日期
languages = 语言
moment = { $year }年{ $month }{ $day }日 { $time } UTC
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月
