<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message>
        <source>Enter sends, Shift+Enter starts a new line (Ctrl+L focuses this field)</source>
        <translation>按 Enter 发送，按 Shift+Enter 换行（按 Ctrl+L 可回到这里）</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Ask anything</source>
        <translation>想问什么都可以</translation>
    </message>
    <message>
        <source>Short answers</source>
        <translation>简短回答</translation>
    </message>
    <message>
        <source>Patient teacher</source>
        <translation>耐心的老师</translation>
    </message>
    <message>
        <source>Programmer</source>
        <translation>程序员</translation>
    </message>
    <message>
        <source>Translator</source>
        <translation>译者</translation>
    </message>
    <message>
        <source>Text editor</source>
        <translation>文字编辑</translation>
    </message>
    <message>
        <source>Chat settings</source>
        <translation>对话设置</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Instructions for the assistant</source>
        <translation>给助手的指令</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Share of likely words (top p)</source>
        <translation>候选词的概率范围（top p）</translation>
    </message>
    <message>
        <source>Maximum answer length, in tokens</source>
        <translation>最长回答（词元）</translation>
    </message>
    <message>
        <source>Instructions for this chat</source>
        <translation>本次对话的指令</translation>
    </message>
    <message>
        <source>Creativity and length</source>
        <translation>创造性与长度</translation>
    </message>
    <message>
        <source>Maximum answer length</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Applies to this chat only, from the next answer on.</source>
        <translation>从下一个回答起生效，只影响本次对话。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Add a model…</source>
        <translation>添加模型…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Use a model of your own, or one from the hub</source>
        <translation>使用您自己的模型，或模型库中的模型</translation>
    </message>
    <message>
        <source>A model in the transformers format; it is not copied</source>
        <translation>transformers 格式的模型；不会被复制</translation>
    </message>
    <message>
        <source>GGUF file…</source>
        <translation>GGUF 文件…</translation>
    </message>
    <message>
        <source>A text model of llama.cpp, LM Studio or Ollama; it is converted</source>
        <translation>llama.cpp、LM Studio 或 Ollama 的文本模型，会进行转换</translation>
    </message>
    <message>
        <source>From the model hub…</source>
        <translation>来自模型库…</translation>
    </message>
    <message>
        <source>Any model of the Hugging Face hub, by its id</source>
        <translation>按 ID 下载 Hugging Face 模型库中的任意模型</translation>
    </message>
    <message>
        <source>Adding a model</source>
        <translation>正在添加模型</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Adding {name}…</source>
        <translation>正在添加 {name}…</translation>
    </message>
    <message>
        <source>Adding {name}: {size} converted</source>
        <translation>正在添加 {name}：已转换 {size}</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>the oldest message will be forgotten</source>
        <translation>最早的一条消息将被遗忘</translation>
    </message>
    <message>
        <source>the oldest {0} messages will be forgotten</source>
        <translation>最早的 {0} 条消息将被遗忘</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Stop the answer (Esc)</source>
        <translation>停止回答（Esc）</translation>
    </message>
    <message>
        <source>Starts in about {seconds:.0f} s</source>
        <translation>约 {seconds:.0f} 秒后开始</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Attach pictures, documents, sound or a folder (files: Ctrl+O)</source>
        <translation>添加图片、文档、录音或文件夹（文件：Ctrl+O）</translation>
    </message>
    <message>
        <source>Ask about a part of the screen</source>
        <translation>就屏幕的一部分提问</translation>
    </message>
    <message>
        <source>Ask about a part of the screen (Ctrl+Shift+S)</source>
        <translation>就屏幕的一部分提问（Ctrl+Shift+S）</translation>
    </message>
    <message>
        <source>Talk hands-free</source>
        <translation>免提对话</translation>
    </message>
    <message>
        <source>Talk hands-free: speak, pause, and hear the answer (Ctrl+Shift+Space)</source>
        <translation>免提对话：说话，停顿，听回答（Ctrl+Shift+Space）</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
    <message>
        <source>End the conversation</source>
        <translation>结束对话</translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation>发送（Enter）</translation>
    </message>
    <message>
        <source>Pasted picture {0}.png</source>
        <translation>粘贴的图片 {0}.png</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文字</translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation>移除 {0}</translation>
    </message>
    <message>
        <source>Ask about {0}</source>
        <translation>就“{0}”提问</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Document {0}</source>
        <translation>文档 {0}</translation>
    </message>
    <message>
        <source>What does the text in this picture say?</source>
        <translation>这张图片里的文字写了什么？</translation>
    </message>
    <message>
        <source>Read the text</source>
        <translation>读取文字</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>总结</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>文字稿</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>会议纪要</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>About {0} words</source>
        <translation>约 {0} 词</translation>
    </message>
    <message>
        <source>Translate to {0}</source>
        <translation>翻译成{0}</translation>
    </message>
    <message>
        <source>Drop to attach</source>
        <translation>松开即可添加</translation>
    </message>
    <message>
        <source>Pictures, documents, sound and folders</source>
        <translation>图片、文档、录音和文件夹</translation>
    </message>
    <message>
        <source>Setting up</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>Getting the assistant ready</source>
        <translation>正在准备助手</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Setting up failed</source>
        <translation>准备失败</translation>
    </message>
    <message>
        <source>The assistant is ready</source>
        <translation>助手已就绪</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>The models are downloaded once and stay on this computer. You can type already, and send your message as soon as the language model is ready.</source>
        <translation>模型只需下载一次，之后一直保存在本机。现在就可以输入，语言模型就绪后即可发送。</translation>
    </message>
    <message>
        <source>mmdesk is online for this download only.</source>
        <translation>mmdesk 仅为此次下载联网。</translation>
    </message>
    <message>
        <source>Setup is not complete</source>
        <translation>准备尚未完成</translation>
    </message>
    <message>
        <source>verifying</source>
        <translation>校验中</translation>
    </message>
    <message>
        <source>unpacking</source>
        <translation>解包中</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>waiting · {0} MB</source>
        <translation>等待中 · {0} MB</translation>
    </message>
    <message>
        <source>{0} of {1} MB</source>
        <translation>{0} / {1} MB</translation>
    </message>
    <message>
        <source>Welcome to mmdesk</source>
        <translation>欢迎使用 mmdesk</translation>
    </message>
    <message>
        <source>Everything happens on this computer. Nothing you write, say or show leaves it, and you need no account.</source>
        <translation>一切都在这台电脑上进行。您写的、说的和展示的内容都不会离开它，也无需账号。</translation>
    </message>
    <message>
        <source>The model is small. It writes and explains well, but it can be wrong: double-check numbers and names.</source>
        <translation>模型较小。它擅长写作和解释，但可能出错：请核对数字和人名。</translation>
    </message>
    <message>
        <source>Got it</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>F1 shows all keyboard shortcuts, Ctrl+, opens the settings.</source>
        <translation>按 F1 查看所有键盘快捷键，按 Ctrl+, 打开设置。</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话列表</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Conversation deleted</source>
        <translation>对话已删除</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Bring it back (Ctrl+Z)</source>
        <translation>恢复（Ctrl+Z）</translation>
    </message>
    <message>
        <source>Recently deleted</source>
        <translation>最近删除</translation>
    </message>
    <message>
        <source>Back to conversations</source>
        <translation>返回对话列表</translation>
    </message>
    <message>
        <source>Delete all</source>
        <translation>全部删除</translation>
    </message>
    <message>
        <source>Projects, export and import</source>
        <translation>项目、导出和导入</translation>
    </message>
    <message>
        <source>New temporary chat</source>
        <translation>新建临时聊天</translation>
    </message>
    <message>
        <source>New temporary chat: nothing of it is saved (Ctrl+Shift+N)</source>
        <translation>新建临时聊天：不会保存任何内容（Ctrl+Shift+N）</translation>
    </message>
    <message>
        <source>Search chats (Ctrl+F)</source>
        <translation>搜索对话（Ctrl+F）</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Deleted “{0}”</source>
        <translation>已删除“{0}”</translation>
    </message>
    <message>
        <source>Project deleted</source>
        <translation>项目已删除</translation>
    </message>
    <message>
        <source>Deleted the project “{0}”. Its conversations stay in the list.</source>
        <translation>已删除项目“{0}”。其中的对话仍在列表中。</translation>
    </message>
    <message>
        <source>Project restored</source>
        <translation>项目已恢复</translation>
    </message>
    <message>
        <source>Conversation restored</source>
        <translation>对话已恢复</translation>
    </message>
    <message>
        <source>Delete “{0}” for good?</source>
        <translation>永久删除“{0}”？</translation>
    </message>
    <message>
        <source>It is erased from this computer and cannot be brought back.</source>
        <translation>它将从这台电脑上清除，无法恢复。</translation>
    </message>
    <message>
        <source>Delete all recently deleted conversations for good?</source>
        <translation>永久删除所有最近删除的对话？</translation>
    </message>
    <message>
        <source>They are erased from this computer and cannot be brought back.</source>
        <translation>它们将从这台电脑上清除，无法恢复。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>新建项目…</translation>
    </message>
    <message>
        <source>Export all as JSON…</source>
        <translation>全部导出为 JSON…</translation>
    </message>
    <message>
        <source>Export all as Markdown…</source>
        <translation>全部导出为 Markdown…</translation>
    </message>
    <message>
        <source>Import JSON…</source>
        <translation>导入 JSON…</translation>
    </message>
    <message>
        <source>Save conversation as</source>
        <translation>对话另存为</translation>
    </message>
    <message>
        <source>Save all conversations</source>
        <translation>保存所有对话</translation>
    </message>
    <message>
        <source>Import conversations</source>
        <translation>导入对话</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Search actions, chats and models</source>
        <translation>搜索操作、对话和模型</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>匹配项</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到任何内容</translation>
    </message>
    <message>
        <source>Deleted conversations are kept here for 30 days.</source>
        <translation>已删除的对话会在这里保留 30 天。</translation>
    </message>
    <message>
        <source>Your conversations will be listed here. They stay on this computer.</source>
        <translation>你的对话会显示在这里，并且只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Unknown date</source>
        <translation>日期不明</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Project {0}</source>
        <translation>项目 {0}</translation>
    </message>
    <message>
        <source>conversations: {0}</source>
        <translation>对话：{0}</translation>
    </message>
    <message>
        <source>collapsed</source>
        <translation>已折叠</translation>
    </message>
    <message>
        <source>expanded</source>
        <translation>已展开</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>answer in progress</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>Picture {0}</source>
        <translation>图片 {0}</translation>
    </message>
    <message>
        <source>Describe</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Describe {0}</source>
        <translation>描述 {0}</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Describe all</source>
        <translation>全部描述</translation>
    </message>
    <message>
        <source>Drop files here</source>
        <translation>将文件拖放到这里</translation>
    </message>
    <message>
        <source>Drop or paste files here (documents and sounds work too)</source>
        <translation>将文件拖放或粘贴到这里（文档和音频也可以）</translation>
    </message>
    <message>
        <source>Choose files</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Choose files (Ctrl+O)</source>
        <translation>选择文件（Ctrl+O）</translation>
    </message>
    <message>
        <source>Open this address?</source>
        <translation>打开这个网址？</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>Open this address in your browser?</source>
        <translation>要在浏览器中打开这个网址吗？</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制网址</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>The answer</source>
        <translation>回答内容</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>More for this answer</source>
        <translation>此回答的更多操作</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Try again with another model</source>
        <translation>换一个模型重试</translation>
    </message>
    <message>
        <source>Read aloud</source>
        <translation>朗读</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Reached the maximum answer length</source>
        <translation>已达到回答长度上限</translation>
    </message>
    <message>
        <source>used 1 remembered fact</source>
        <translation>使用了 1 条记忆</translation>
    </message>
    <message>
        <source>used {0} remembered facts</source>
        <translation>使用了 {0} 条记忆</translation>
    </message>
    <message>
        <source>Started after {seconds:.1f} s</source>
        <translation>{seconds:.1f} 秒后开始</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止朗读</translation>
    </message>
    <message>
        <source>Answer again with your words</source>
        <translation>用你的描述重新回答</translation>
    </message>
    <message>
        <source>This was answered from the old description.</source>
        <translation>这是根据旧描述回答的。</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Copy with formatting</source>
        <translation>带格式复制</translation>
    </message>
    <message>
        <source>Remember this</source>
        <translation>记住这条</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>mmdesk was closed during this answer</source>
        <translation>回答还没完成时 mmdesk 被关闭了</translation>
    </message>
    <message>
        <source>Answer finished</source>
        <translation>回答完毕</translation>
    </message>
    <message>
        <source>Answer stopped</source>
        <translation>回答已停止</translation>
    </message>
    <message>
        <source>Edit and ask again</source>
        <translation>修改后重新提问</translation>
    </message>
    <message>
        <source>{0:.1f} tokens/s</source>
        <translation>{0:.1f} 词元/秒</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>正在聆听…</translation>
    </message>
    <message>
        <source>Transcribing…</source>
        <translation>正在转写…</translation>
    </message>
    <message>
        <source>Nothing heard. Try again, closer to the microphone.</source>
        <translation>没有听到声音。请靠近麦克风再试一次。</translation>
    </message>
    <message>
        <source>Hold the button while you speak</source>
        <translation>说话时请按住按钮</translation>
    </message>
    <message>
        <source>Press to speak (Ctrl+M)</source>
        <translation>按下开始说话（Ctrl+M）</translation>
    </message>
    <message>
        <source>Stop listening</source>
        <translation>停止聆听</translation>
    </message>
    <message>
        <source>Start listening</source>
        <translation>开始聆听</translation>
    </message>
    <message>
        <source>Stop listening (Ctrl+M)</source>
        <translation>停止聆听（Ctrl+M）</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>downloading</source>
        <translation>下载中</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>not downloaded</source>
        <translation>未下载</translation>
    </message>
    <message>
        <source>Verifying all files</source>
        <translation>正在校验所有文件</translation>
    </message>
    <message>
        <source>{0} % downloaded, ready to resume</source>
        <translation>已下载 {0}%，可以继续</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>移出列表</translation>
    </message>
    <message>
        <source>From the model hub</source>
        <translation>来自模型库</translation>
    </message>
    <message>
        <source>Model id or address from the hub</source>
        <translation>模型库中的模型 ID 或地址</translation>
    </message>
    <message>
        <source>Model id or address from the hub, for example {example}</source>
        <translation>模型库中的模型 ID 或地址，例如 {example}</translation>
    </message>
    <message>
        <source>OWNER/NAME, with @revision or :file.gguf behind it, or the address of its page</source>
        <translation>OWNER/NAME，后面可加 @版本 或 :文件.gguf，或模型页面的地址</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Access token of your account at the hub</source>
        <translation>您在模型库账户的访问令牌</translation>
    </message>
    <message>
        <source>{model} is installed. Choose it in the list of models.</source>
        <translation>{model} 已安装。请在模型列表中选择它。</translation>
    </message>
    <message>
        <source>Contact the model hub?</source>
        <translation>要连接模型库吗？</translation>
    </message>
    <message>
        <source>You work offline. mmdesk will be online for this download only.</source>
        <translation>您正在离线工作。mmdesk 只为此次下载联网。</translation>
    </message>
    <message>
        <source>Contact it</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>正在查询…</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>{0} of {1} are on this computer</source>
        <translation>{1} 中的 {0} 已在这台电脑上</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>{count} files, {size}</source>
        <translation>{count} 个文件，{size}</translation>
    </message>
    <message>
        <source>One file, {size}</source>
        <translation>1 个文件，{size}</translation>
    </message>
    <message>
        <source>licence: {0}</source>
        <translation>许可证：{0}</translation>
    </message>
    <message>
        <source>version {commit} ({revision})</source>
        <translation>版本 {commit}（{revision}）</translation>
    </message>
    <message>
        <source>{0} are here already.</source>
        <translation>其中 {0} 已在本机。</translation>
    </message>
    <message>
        <source>Takes about {memory} of memory and {disk} of disk space.</source>
        <translation>约需 {memory} 内存和 {disk} 磁盘空间。</translation>
    </message>
    <message>
        <source>Gated: your account has accepted its terms.</source>
        <translation>需授权：您的账户已接受其条款。</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>语言模型</translation>
    </message>
    <message>
        <source>Recommended for this computer</source>
        <translation>推荐给这台电脑</translation>
    </message>
    <message>
        <source>By its memory and its measured speed. The newest version of a model is downloaded: mmdesk has not pinned one.</source>
        <translation>根据内存和实测速度。下载的是模型的最新版本：mmdesk 没有固定版本。</translation>
    </message>
    <message>
        <source>More models of the hub ({count})</source>
        <translation>模型库中的更多模型（{count}）</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Not with this version of mmdesk</source>
        <translation>此版本的 mmdesk 不支持</translation>
    </message>
    <message>
        <source>{model} answers better and suits this computer ({size} MB to download).</source>
        <translation>{model} 的回答更好，适合这台电脑（需下载 {size} MB）。</translation>
    </message>
    <message>
        <source>{model} has been downloaded and answers from now on.</source>
        <translation>{model} 已下载完成，从现在起由它回答。</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Use for chat</source>
        <translation>用于聊天</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>{0:.1f} GB</source>
        <translation>{0:.1f} GB</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Speech to text</source>
        <translation>语音转文字</translation>
    </message>
    <message>
        <source>Reading aloud</source>
        <translation>朗读</translation>
    </message>
    <message>
        <source>takes pictures</source>
        <translation>支持图片</translation>
    </message>
    <message>
        <source>takes audio</source>
        <translation>支持音频</translation>
    </message>
    <message>
        <source>takes pictures and audio</source>
        <translation>支持图片和音频</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>audio</source>
        <translation>音频</translation>
    </message>
    <message>
        <source>Input: {kinds}</source>
        <translation>输入：{kinds}</translation>
    </message>
    <message>
        <source>{0} download, {1} on disk</source>
        <translation>下载 {0}，占用磁盘 {1}</translation>
    </message>
    <message>
        <source>Runs well here (about {needs} of memory)</source>
        <translation>在本机运行良好（约需 {needs} 内存）</translation>
    </message>
    <message>
        <source>Close other programs first (needs about {needs} of memory, {has} free now)</source>
        <translation>请先关闭其他程序（约需 {needs} 内存，目前可用 {has}）</translation>
    </message>
    <message>
        <source>Too large for this computer (needs about {needs} of memory, you have {has})</source>
        <translation>本机内存不够（约需 {needs}，本机有 {has}）</translation>
    </message>
    <message>
        <source>Not enough disk space (needs {needs}, {has} free)</source>
        <translation>磁盘空间不足（需要 {needs}，可用 {has}）</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>下载中</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>校验中</translation>
    </message>
    <message>
        <source>{0} on disk</source>
        <translation>占用磁盘 {0}</translation>
    </message>
    <message>
        <source>licence not stated</source>
        <translation>未注明许可证</translation>
    </message>
    <message>
        <source>Slow here (about {needs} of memory)</source>
        <translation>在这里会很慢（约需 {needs} 内存）</translation>
    </message>
    <message>
        <source>about {speed} tokens/s on this computer</source>
        <translation>在这台电脑上约 {speed} 词元/秒</translation>
    </message>
    <message>
        <source>about {speed} tokens/s expected from this computer&apos;s memory speed</source>
        <translation>按这台电脑的内存速度估计约 {speed} 词元/秒</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>解包中</translation>
    </message>
    <message>
        <source>{0}: {1} of {2}</source>
        <translation>{0}：{1} / {2}</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Not in memory. Loads with your next question.</source>
        <translation>不在内存中。下次提问时载入。</translation>
    </message>
    <message>
        <source>Remove {0} from the list?</source>
        <translation>将 {0} 移出列表？</translation>
    </message>
    <message>
        <source>Your own files are not deleted.</source>
        <translation>您自己的文件不会被删除。</translation>
    </message>
    <message>
        <source>Frees {0}. You can download it again.</source>
        <translation>将释放 {0}。以后可以重新下载。</translation>
    </message>
    <message>
        <source>This is the model in use.</source>
        <translation>这是正在使用的模型。</translation>
    </message>
    <message>
        <source>{0} will probably run out of memory. Continue anyway?</source>
        <translation>{0} 很可能会耗尽内存。仍要继续吗？</translation>
    </message>
    <message>
        <source>Choose a folder with a model</source>
        <translation>选择包含模型的文件夹</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Choose a GGUF file</source>
        <translation>选择 GGUF 文件</translation>
    </message>
    <message>
        <source>Another model is being added. Wait until that is done.</source>
        <translation>正在添加另一个模型，请等待完成。</translation>
    </message>
    <message>
        <source>Graphics card: {name} ({kind}), {memory} memory, {free} free</source>
        <translation>显卡：{name}（{kind}），显存 {memory}，可用 {free}</translation>
    </message>
    <message>
        <source>This computer: 1 core, {memory} memory, {disk} free</source>
        <translation>本机：1 个核心，{memory} 内存，磁盘可用 {disk}</translation>
    </message>
    <message>
        <source>This computer: {cores} cores, {memory} memory, {disk} free</source>
        <translation>本机：{cores} 个核心，{memory} 内存，磁盘可用 {disk}</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>已接收</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Everything that mmdesk has connected to, the newest first.</source>
        <translation>mmdesk 建立过的所有连接，最新的在前。</translation>
    </message>
    <message>
        <source>mmdesk has not connected to anything.</source>
        <translation>mmdesk 没有建立过任何连接。</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Remove {0}?</source>
        <translation>移除 {0}？</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>正在思考…</translation>
    </message>
    <message>
        <source>reading</source>
        <translation>正在阅读</translation>
    </message>
    <message>
        <source>There is nothing to answer.</source>
        <translation>没有可回答的内容。</translation>
    </message>
    <message>
        <source>An answer needs at least 1 token.</source>
        <translation>回答至少需要 1 个词元。</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>内存不足，无法完成。</translation>
    </message>
    <message>
        <source>Close other programs.</source>
        <translation>请关闭其他程序。</translation>
    </message>
    <message>
        <source>This processor cannot compute in int8.</source>
        <translation>此处理器不支持 int8 计算。</translation>
    </message>
    <message>
        <source>Choose bf16 or fp32.</source>
        <translation>请选择 bf16 或 fp32。</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model.</source>
        <translation>请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>Waiting for “{title}” to finish</source>
        <translation>正在等待“{title}”回答完毕</translation>
    </message>
    <message>
        <source>a file</source>
        <translation>某个文件</translation>
    </message>
    <message>
        <source>exit status {status}</source>
        <translation>退出状态 {status}</translation>
    </message>
    <message>
        <source>it cannot be read ({reason})</source>
        <translation>无法读取（{reason}）</translation>
    </message>
    <message>
        <source>it does not respond</source>
        <translation>没有响应</translation>
    </message>
    <message>
        <source>it is not a Word document</source>
        <translation>不是 Word 文档</translation>
    </message>
    <message>
        <source>its files are damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>its process ended, perhaps out of memory</source>
        <translation>转换进程已退出，可能是内存不足</translation>
    </message>
    <message>
        <source>killed by the system, perhaps out of memory</source>
        <translation>被系统终止，可能是内存不足</translation>
    </message>
    <message>
        <source>loading the model</source>
        <translation>正在载入模型</translation>
    </message>
    <message>
        <source>looking at the picture</source>
        <translation>正在看图片</translation>
    </message>
    <message>
        <source>Cut it into parts.</source>
        <translation>请将其切成几段。</translation>
    </message>
    <message>
        <source>There is nothing in it to read.</source>
        <translation>里面没有可读的内容。</translation>
    </message>
    <message>
        <source>Split it into parts.</source>
        <translation>请将其拆成几部分。</translation>
    </message>
    <message>
        <source>Save it as DOCX.</source>
        <translation>请另存为DOCX。</translation>
    </message>
    <message>
        <source>Export it as PDF or text.</source>
        <translation>请将它导出为 PDF 或文本。</translation>
    </message>
    <message>
        <source>Unpack it and choose the files inside.</source>
        <translation>请解压后选择里面的文件。</translation>
    </message>
    <message>
        <source>Save a copy without the password.</source>
        <translation>请另存一份不带密码的副本。</translation>
    </message>
    <message>
        <source>Save it as UTF-8 text, or as PDF or DOCX.</source>
        <translation>请另存为 UTF-8 文本、PDF 或 DOCX。</translation>
    </message>
    <message>
        <source>Copy or export it again.</source>
        <translation>请重新复制或导出。</translation>
    </message>
    <message>
        <source>Use a smaller copy of the picture.</source>
        <translation>请使用较小的副本。</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>请重新复制。</translation>
    </message>
    <message>
        <source>Use a smaller copy.</source>
        <translation>请使用较小的副本。</translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation>没有找到麦克风。</translation>
    </message>
    <message>
        <source>The microphone cannot be used: the system library libportaudio2 is missing.</source>
        <translation>无法使用麦克风：缺少系统库 libportaudio2。</translation>
    </message>
    <message>
        <source>On Debian or Ubuntu: sudo apt install libportaudio2</source>
        <translation>在 Debian 或 Ubuntu 上：sudo apt install libportaudio2</translation>
    </message>
    <message>
        <source>Export it again.</source>
        <translation>请重新导出。</translation>
    </message>
    <message>
        <source>Open it in a PDF viewer and save a copy without the password.</source>
        <translation>请在 PDF 阅读器中打开，并另存一份不带密码的副本。</translation>
    </message>
    <message>
        <source>Choose the files inside it.</source>
        <translation>请选择里面的文件。</translation>
    </message>
    <message>
        <source>The file has no bytes; was it copied completely?</source>
        <translation>文件没有任何内容；是否复制完整了？</translation>
    </message>
    <message>
        <source>Check the name and the folder.</source>
        <translation>请检查名称和文件夹。</translation>
    </message>
    <message>
        <source>Choose the model&apos;s instruct or chat version.</source>
        <translation>请选择该模型的 instruct 或 chat 版本。</translation>
    </message>
    <message>
        <source>Choose a model that transformers supports by itself.</source>
        <translation>请选择 transformers 本身就支持的模型。</translation>
    </message>
    <message>
        <source>Choose the model&apos;s original weights (bf16 or fp16).</source>
        <translation>请选择模型的原始权重（bf16 或 fp16）。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>Install rapidocr again.</source>
        <translation>请重新安装 rapidocr。</translation>
    </message>
    <message>
        <source>Install mmdesk again: the model comes with it.</source>
        <translation>请重新安装 mmdesk：模型随它一起提供。</translation>
    </message>
    <message>
        <source>There is no question to answer.</source>
        <translation>没有要回答的问题。</translation>
    </message>
    <message>
        <source>There is no picture to describe.</source>
        <translation>没有可描述的图片。</translation>
    </message>
    <message>
        <source>The engine did not count the text&apos;s tokens.</source>
        <translation>引擎没有统计文本的词元数。</translation>
    </message>
    <message>
        <source>There is no text to translate.</source>
        <translation>没有可翻译的文字。</translation>
    </message>
    <message>
        <source>translating</source>
        <translation>正在翻译</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>荷兰文</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; is too large for this model: it takes {tokens} of {limit} tokens.</source>
        <translation>“{name}”对此模型来说太大：它占用 {limit} 个词元中的 {tokens} 个。</translation>
    </message>
    <message>
        <source>A filter of {host} ended the answer.</source>
        <translation>{host} 的过滤器终止了回答。</translation>
    </message>
    <message>
        <source>A project takes documents; attach pictures to a question.</source>
        <translation>项目只接受文档；图片请附在问题中。</translation>
    </message>
    <message>
        <source>Accept its terms at {page} (some makers take a while to agree), then try again.</source>
        <translation>请在 {page} 接受其条款（有些发布者需要一段时间才会同意），然后重试。</translation>
    </message>
    <message>
        <source>Accept them at {page}, then enter an access token of your account (from {tokens}).</source>
        <translation>请在 {page} 接受条款，然后输入您账户的访问令牌（在 {tokens} 获取）。</translation>
    </message>
    <message>
        <source>Add it again.</source>
        <translation>请重新添加。</translation>
    </message>
    <message>
        <source>Add one in the speech settings of your system (Linux: speech-dispatcher).</source>
        <translation>请在系统的语音设置中添加一个（Linux：speech-dispatcher）。</translation>
    </message>
    <message>
        <source>Add the folder with the original model (config.json and safetensors) instead.</source>
        <translation>请改为添加包含原始模型的文件夹（config.json 和 safetensors）。</translation>
    </message>
    <message>
        <source>Add the one you want, for example: {example}</source>
        <translation>请指明想要的文件，例如：{example}</translation>
    </message>
    <message>
        <source>Answers at once while the larger model is downloaded; for computers with little memory.</source>
        <translation>在较大的模型下载期间立即回答；适合内存较小的电脑。</translation>
    </message>
    <message>
        <source>Ask again later.</source>
        <translation>请稍后再问。</translation>
    </message>
    <message>
        <source>Ask again: the model runs on the CPU from now on.</source>
        <translation>请再问一次：从现在起模型在 CPU 上运行。</translation>
    </message>
    <message>
        <source>Attach a smaller part of it, or allow a longer context in the settings.</source>
        <translation>请只添加其中一部分，或在设置中允许更长的上下文。</translation>
    </message>
    <message>
        <source>Attach fewer of them, or allow a longer context in the settings.</source>
        <translation>请减少附件，或在设置中允许更长的上下文。</translation>
    </message>
    <message>
        <source>Attach it again.</source>
        <translation>请重新添加。</translation>
    </message>
    <message>
        <source>Attach it in another size, or choose another model.</source>
        <translation>请以其他尺寸添加，或选择其他模型。</translation>
    </message>
    <message>
        <source>Begin a new chat, or attach less.</source>
        <translation>请开始新对话，或减少附件。</translation>
    </message>
    <message>
        <source>Better answers and translations; needs 4 GB of free memory.</source>
        <translation>回答和翻译更好；需要 4 GB 可用内存。</translation>
    </message>
    <message>
        <source>Better answers than the built-in model where little memory is free.</source>
        <translation>可用内存较少时，回答比内置模型更好。</translation>
    </message>
    <message>
        <source>Calculated: {calculation}</source>
        <translation>计算结果：{calculation}</translation>
    </message>
    <message>
        <source>Charts in it were not read, only the tables.</source>
        <translation>其中的图表没有读取，只读取了表格。</translation>
    </message>
    <message>
        <source>Charts in it were not read.</source>
        <translation>其中的图表没有读取。</translation>
    </message>
    <message>
        <source>Check the address in HF_ENDPOINT, if you have set it.</source>
        <translation>如果设置了 HF_ENDPOINT，请检查其中的地址。</translation>
    </message>
    <message>
        <source>Check the address, and that the server runs.</source>
        <translation>请检查地址，并确认服务器正在运行。</translation>
    </message>
    <message>
        <source>Check the address: it mostly ends with /v1.</source>
        <translation>请检查地址：通常以 /v1 结尾。</translation>
    </message>
    <message>
        <source>Check the sound output in the system settings.</source>
        <translation>请在系统设置中检查声音输出。</translation>
    </message>
    <message>
        <source>Check the speech settings of your system, or choose another voice in the settings.</source>
        <translation>请检查系统的语音设置，或在设置中选择其他语音。</translation>
    </message>
    <message>
        <source>Check the spelling. A private model needs an access token of your account.</source>
        <translation>请检查拼写。私有模型需要您账户的访问令牌。</translation>
    </message>
    <message>
        <source>Check your internet connection, then try again.</source>
        <translation>请检查网络连接，然后重试。</translation>
    </message>
    <message>
        <source>Choose &quot;auto&quot; or &quot;cpu&quot; as the device.</source>
        <translation>请选择“auto”或“cpu”作为设备。</translation>
    </message>
    <message>
        <source>Choose a file with the whole model.</source>
        <translation>请选择包含完整模型的文件。</translation>
    </message>
    <message>
        <source>Choose a folder with a transformers model, or a GGUF file.</source>
        <translation>请选择包含 transformers 模型的文件夹，或一个 GGUF 文件。</translation>
    </message>
    <message>
        <source>Choose a part in which the text is larger, or type the text.</source>
        <translation>请选择文字更大的部分，或者直接输入文字。</translation>
    </message>
    <message>
        <source>Choose a smaller model, or one on another computer (Settings).</source>
        <translation>请选择较小的模型，或使用另一台电脑上的模型（设置）。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Choose another model, or let mmdesk describe pictures (Settings).</source>
        <translation>请选择其他模型，或让 mmdesk 描述图片（设置）。</translation>
    </message>
    <message>
        <source>Choose another model, or let mmdesk transcribe recordings (Settings).</source>
        <translation>请选择其他模型，或让 mmdesk 转写录音（设置）。</translation>
    </message>
    <message>
        <source>Choose another model, or update mmdesk.</source>
        <translation>请选择其他模型，或更新 mmdesk。</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>请选择另一台。</translation>
    </message>
    <message>
        <source>Choose one in the settings.</source>
        <translation>请在设置中选择一个。</translation>
    </message>
    <message>
        <source>Choose one of its models.</source>
        <translation>请选择它提供的模型。</translation>
    </message>
    <message>
        <source>Choose the file with the language model; pictures are seen by mmdesk itself.</source>
        <translation>请选择包含语言模型的文件；图片由 mmdesk 自己识别。</translation>
    </message>
    <message>
        <source>Close other programs that use it, or choose the CPU as the device.</source>
        <translation>请关闭占用它的其他程序，或选择 CPU 作为设备。</translation>
    </message>
    <message>
        <source>Comments in it were not read.</source>
        <translation>其中的批注没有读取。</translation>
    </message>
    <message>
        <source>Describes pictures and answers questions about them.</source>
        <translation>描述图片，并回答有关图片的问题。</translation>
    </message>
    <message>
        <source>Download it again, or choose another file.</source>
        <translation>请重新下载，或选择其他文件。</translation>
    </message>
    <message>
        <source>Download it again: mmdesk models get {voice}</source>
        <translation>请重新下载：mmdesk models get {voice}</translation>
    </message>
    <message>
        <source>Download it on the models page, or: mmdesk models get {part}</source>
        <translation>请在模型页面下载，或运行：mmdesk models get {part}</translation>
    </message>
    <message>
        <source>Download the model again, or choose another one.</source>
        <translation>请重新下载该模型，或选择其他模型。</translation>
    </message>
    <message>
        <source>Download the model again, with all of its small files.</source>
        <translation>请重新下载该模型，包括所有小文件。</translation>
    </message>
    <message>
        <source>Enter that address if you trust it.</source>
        <translation>如果您信任那个地址，请直接输入它。</translation>
    </message>
    <message>
        <source>Enter the key in the settings, or put it into MMDESK_API_KEY.</source>
        <translation>请在设置中输入密钥，或将其放入环境变量 MMDESK_API_KEY。</translation>
    </message>
    <message>
        <source>European languages, and pictures now and then.</source>
        <translation>欧洲语言，偶尔看图片。</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Fix grammar</source>
        <translation>修正语法</translation>
    </message>
    <message>
        <source>Free below a yearly revenue that the licence names; no open-source licence.</source>
        <translation>年收入低于许可证规定的数额时免费；不是开源许可证。</translation>
    </message>
    <message>
        <source>Install mmdesk again.</source>
        <translation>请重新安装 mmdesk。</translation>
    </message>
    <message>
        <source>Install the {distribution} that fits your PyTorch, or choose another model.</source>
        <translation>请安装与您的 PyTorch 匹配的 {distribution}，或选择其他模型。</translation>
    </message>
    <message>
        <source>Is the disk full?</source>
        <translation>磁盘是否已满？</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>它是空的。</translation>
    </message>
    <message>
        <source>It looks like Qwen/Qwen3-0.6B, or like the address of the model&apos;s page.</source>
        <translation>正确的形式如 Qwen/Qwen3-0.6B，或模型页面的地址。</translation>
    </message>
    <message>
        <source>It looks like http://gpu.example:8000/v1.</source>
        <translation>地址的格式如 http://gpu.example:8000/v1。</translation>
    </message>
    <message>
        <source>It needs transformers {needed} or newer; {installed} is installed.</source>
        <translation>它需要 transformers {needed} 或更新的版本；已安装的是 {installed}。</translation>
    </message>
    <message>
        <source>Its address must be that of an OpenAI-compatible API, which mostly ends with /v1.</source>
        <translation>地址必须是兼容 OpenAI 的 API，通常以 /v1 结尾。</translation>
    </message>
    <message>
        <source>Join them first with llama-gguf-split --merge, or choose a smaller version.</source>
        <translation>请先用 llama-gguf-split --merge 合并，或选择较小的版本。</translation>
    </message>
    <message>
        <source>Leave out what follows the @ to get the newest one.</source>
        <translation>去掉 @ 后面的内容即可获取最新版本。</translation>
    </message>
    <message>
        <source>Listening stopped unexpectedly.</source>
        <translation>聆听意外停止。</translation>
    </message>
    <message>
        <source>Long texts and careful answers on a computer with 8 GB.</source>
        <translation>在 8 GB 内存的电脑上处理长文本并仔细回答。</translation>
    </message>
    <message>
        <source>Make a new one at {tokens} and enter that.</source>
        <translation>请在 {tokens} 新建一个并输入。</translation>
    </message>
    <message>
        <source>Make it shorter</source>
        <translation>缩短</translation>
    </message>
    <message>
        <source>No document in {folder} could be read.</source>
        <translation>{folder} 中没有可以读取的文档。</translation>
    </message>
    <message>
        <source>No document in {folder} has words of the question. The model sees only the list of its files.</source>
        <translation>{folder} 中没有文档包含问题里的词。模型只能看到文件列表。</translation>
    </message>
    <message>
        <source>No language model is installed. Download one on the models page.</source>
        <translation>尚未安装语言模型。请在模型页面下载一个。</translation>
    </message>
    <message>
        <source>No model of {host} is chosen.</source>
        <translation>尚未选择 {host} 的模型。</translation>
    </message>
    <message>
        <source>No text could be read on page {page}.</source>
        <translation>第{page}页没有读出文字。</translation>
    </message>
    <message>
        <source>No text could be read on pages {pages}.</source>
        <translation>第{pages}页没有读出文字。</translation>
    </message>
    <message>
        <source>Not remembered: memory is off in the settings.</source>
        <translation>未记住：设置中已关闭记忆。</translation>
    </message>
    <message>
        <source>Nothing is remembered from a temporary chat.</source>
        <translation>临时聊天中的内容不会被记住。</translation>
    </message>
    <message>
        <source>One cell has a formula without its result. Open the file in a spreadsheet program and save it again.</source>
        <translation>有1个单元格只有公式、没有结果。请用电子表格程序打开文件并重新保存。</translation>
    </message>
    <message>
        <source>One chapter is missing in the file.</source>
        <translation>文件中缺少一章。</translation>
    </message>
    <message>
        <source>One file that is no document was left out.</source>
        <translation>略过了 1 个非文档文件。</translation>
    </message>
    <message>
        <source>One good model for text and pictures, with 16 GB or a graphics card.</source>
        <translation>同时处理文本和图片的好模型，需 16 GB 内存或显卡。</translation>
    </message>
    <message>
        <source>One model for text and pictures on a computer with 8 GB.</source>
        <translation>在 8 GB 内存的电脑上同时处理文本和图片的模型。</translation>
    </message>
    <message>
        <source>One page is a picture. The text in it was not read.</source>
        <translation>有一页是图片，其中的文字没有读取。</translation>
    </message>
    <message>
        <source>One picture in it was not read.</source>
        <translation>其中有一张图片未被读取。</translation>
    </message>
    <message>
        <source>One small model for text and pictures.</source>
        <translation>一个同时处理文本和图片的小模型。</translation>
    </message>
    <message>
        <source>Page {page} is a picture. It is read when you ask.</source>
        <translation>第{page}页是图片，提问时会识别其中的文字。</translation>
    </message>
    <message>
        <source>Page {page} is hard to read. Words of it may be wrong.</source>
        <translation>第{page}页不清晰，其中的字可能有误。</translation>
    </message>
    <message>
        <source>Pages {pages} are hard to read. Words of them may be wrong.</source>
        <translation>第{pages}页不清晰，其中的字可能有误。</translation>
    </message>
    <message>
        <source>Pages {pages} are pictures. They are read when you ask.</source>
        <translation>第{pages}页是图片，提问时会识别其中的文字。</translation>
    </message>
    <message>
        <source>Photos and pages in 16 languages, quickly.</source>
        <translation>用 16 种语言快速看照片和页面。</translation>
    </message>
    <message>
        <source>Pictures in English, more exactly than the small one.</source>
        <translation>用英文看图片，比小模型更准确。</translation>
    </message>
    <message>
        <source>Pictures in it were not read.</source>
        <translation>其中的图片没有读取。</translation>
    </message>
    <message>
        <source>Pictures on an old computer, under a free licence.</source>
        <translation>在旧电脑上看图片，自由许可证。</translation>
    </message>
    <message>
        <source>Pictures: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC. Sound: WAV, FLAC, MP3, OGG, M4A. Documents: TXT, MD, HTML, PDF, DOCX, ODT, RTF, EPUB, PPTX, XLSX, CSV, EML.</source>
        <translation>图片：JPEG、PNG、WebP、GIF、BMP、TIFF、HEIC。声音：WAV、FLAC、MP3、OGG、M4A。文档：TXT、MD、HTML、PDF、DOCX、ODT、RTF、EPUB、PPTX、XLSX、CSV、EML。</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>波兰文</translation>
    </message>
    <message>
        <source>Put it back from a backup; it and the encrypted conversations have been kept.</source>
        <translation>请从备份中恢复它；该文件和加密的对话都已保留。</translation>
    </message>
    <message>
        <source>Put it back from a backup; the encrypted conversations have been kept.</source>
        <translation>请从备份中恢复它；加密的对话已保留。</translation>
    </message>
    <message>
        <source>Put it into the environment variable HF_TOKEN instead.</source>
        <translation>请改为放入环境变量 HF_TOKEN。</translation>
    </message>
    <message>
        <source>Put it into the environment variable MMDESK_API_KEY instead.</source>
        <translation>请改为放入环境变量 MMDESK_API_KEY。</translation>
    </message>
    <message>
        <source>Questions about recordings, with 16 GB or a graphics card.</source>
        <translation>回答有关录音的问题，需 16 GB 内存或显卡。</translation>
    </message>
    <message>
        <source>Quick answers in 16 languages.</source>
        <translation>用 16 种语言快速回答。</translation>
    </message>
    <message>
        <source>Quit it, then try again.</source>
        <translation>请退出它，然后重试。</translation>
    </message>
    <message>
        <source>Reads answers aloud in English.</source>
        <translation>用英语朗读回答。</translation>
    </message>
    <message>
        <source>Remembered: “{fact}”. The list is in the settings, under Memory.</source>
        <translation>已记住：“{fact}”。列表在设置的“记忆”中。</translation>
    </message>
    <message>
        <source>Remove it and download it again: mmdesk models get {address}</source>
        <translation>请移除后重新下载：mmdesk models get {address}</translation>
    </message>
    <message>
        <source>Remove that environment variable to download from it.</source>
        <translation>要从模型库下载，请移除该环境变量。</translation>
    </message>
    <message>
        <source>Runs in mmdesk&apos;s own engine.</source>
        <translation>由 mmdesk 自己的引擎运行。</translation>
    </message>
    <message>
        <source>Runs in transformers, which takes longer to load.</source>
        <translation>由 transformers 运行，加载时间较长。</translation>
    </message>
    <message>
        <source>Save it again in the program that made it.</source>
        <translation>请在创建它的程序中重新保存。</translation>
    </message>
    <message>
        <source>Screens, forms and tables in pictures, English and Chinese.</source>
        <translation>图片中的屏幕、表单和表格，支持中英文。</translation>
    </message>
    <message>
        <source>Searched {documents} in {folder}. Answered from {names}.</source>
        <translation>在 {folder} 中搜索了{documents}，根据 {names} 回答。</translation>
    </message>
    <message>
        <source>Some names are missing from the translation. Please check them.</source>
        <translation>译文中缺少一些人名，请核对。</translation>
    </message>
    <message>
        <source>Something went wrong. Nothing of the conversation is lost.</source>
        <translation>出错了。对话内容没有丢失。</translation>
    </message>
    <message>
        <source>Speech in &quot;{language}&quot; cannot be transcribed.</source>
        <translation>无法转写“{language}”语音。</translation>
    </message>
    <message>
        <source>Speech to text.</source>
        <translation>语音转文字。</translation>
    </message>
    <message>
        <source>Supported formats: TXT, MD, HTML, PDF, DOCX, ODT, RTF, EPUB, PPTX, XLSX, CSV, EML.</source>
        <translation>支持的格式：TXT、MD、HTML、PDF、DOCX、ODT、RTF、EPUB、PPTX、XLSX、CSV、EML。</translation>
    </message>
    <message>
        <source>Supported: {languages}.</source>
        <translation>支持的语言：{languages}。</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>瑞典文</translation>
    </message>
    <message>
        <source>Take a screenshot with the desktop&apos;s own key and paste it here (Ctrl+V).</source>
        <translation>请用桌面自带的按键截图，然后粘贴到这里（Ctrl+V）。</translation>
    </message>
    <message>
        <source>Text in pictures and long documents, with few tokens a picture.</source>
        <translation>图片中的文字和长文档，每张图片用的词元少。</translation>
    </message>
    <message>
        <source>Text, pictures and up to 30 s of sound, with 16 GB or a graphics card.</source>
        <translation>文本、图片和最长 30 秒的声音，需 16 GB 内存或显卡。</translation>
    </message>
    <message>
        <source>The X server refuses global keys.</source>
        <translation>X 服务器拒绝全局按键。</translation>
    </message>
    <message>
        <source>The access token cannot be kept in the system&apos;s keyring ({reason}).</source>
        <translation>访问令牌无法保存到系统密钥环（{reason}）。</translation>
    </message>
    <message>
        <source>The address of the server must not contain a name or a password.</source>
        <translation>服务器地址中不能包含用户名或密码。</translation>
    </message>
    <message>
        <source>The answer began to repeat itself and was ended there.</source>
        <translation>回答开始重复，已在此处结束。</translation>
    </message>
    <message>
        <source>The answer of the model hub about {model} cannot be read.</source>
        <translation>无法读取模型库关于 {model} 的答复。</translation>
    </message>
    <message>
        <source>The best answers to text in this list, English and Chinese; slow without a graphics card.</source>
        <translation>此列表中文本回答最好，支持中英文；没有显卡时较慢。</translation>
    </message>
    <message>
        <source>The best for text, pictures and sound here, with a graphics card or 32 GB.</source>
        <translation>此处文本、图片和声音的最佳模型，需显卡或 32 GB 内存。</translation>
    </message>
    <message>
        <source>The colour scheme cannot be {scheme!r}.</source>
        <translation>配色方案不能是 {scheme!r}。</translation>
    </message>
    <message>
        <source>The connection to {host} broke off in the middle of the answer.</source>
        <translation>与 {host} 的连接在回答过程中断开了。</translation>
    </message>
    <message>
        <source>The connection to {host} is not encrypted.</source>
        <translation>与 {host} 的连接未加密。</translation>
    </message>
    <message>
        <source>The conversation is too long for {model} on {host}.</source>
        <translation>对话对 {host} 上的 {model} 来说太长了。</translation>
    </message>
    <message>
        <source>The conversations are encrypted already.</source>
        <translation>对话已经加密。</translation>
    </message>
    <message>
        <source>The conversations are encrypted.</source>
        <translation>对话已加密。</translation>
    </message>
    <message>
        <source>The conversations are not encrypted.</source>
        <translation>对话没有加密。</translation>
    </message>
    <message>
        <source>The conversations cannot be encrypted or decrypted: {reason}.</source>
        <translation>无法加密或解密对话：{reason}。</translation>
    </message>
    <message>
        <source>The conversations cannot be opened ({reason}).</source>
        <translation>无法打开对话记录（{reason}）。</translation>
    </message>
    <message>
        <source>The conversations could not be read ({reason}).</source>
        <translation>无法读取对话（{reason}）。</translation>
    </message>
    <message>
        <source>The damaged file was kept as {path}.</source>
        <translation>损坏的文件保留为 {path}。</translation>
    </message>
    <message>
        <source>The description of &quot;{name}&quot;</source>
        <translation>“{name}”的描述</translation>
    </message>
    <message>
        <source>The desktop was not allowed to take a picture.</source>
        <translation>桌面未获准截图。</translation>
    </message>
    <message>
        <source>The details are in {file}.</source>
        <translation>详情在 {file} 中。</translation>
    </message>
    <message>
        <source>The device cannot be {device!r}.</source>
        <translation>设备不能是 {device!r}。</translation>
    </message>
    <message>
        <source>The document</source>
        <translation>该文档</translation>
    </message>
    <message>
        <source>The document &quot;{name}&quot;</source>
        <translation>文档“{name}”</translation>
    </message>
    <message>
        <source>The document is a table. Its columns are described instead of a summary.</source>
        <translation>这个文档是一张表格，因此介绍的是它的各列，而不是摘要。</translation>
    </message>
    <message>
        <source>The document is not here any more, or was changed. This is the passage as it was cited.</source>
        <translation>文档已不在这里，或已被修改。这是引用时的段落。</translation>
    </message>
    <message>
        <source>The download stopped unexpectedly.</source>
        <translation>下载意外停止。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({reason}).</source>
        <translation>引擎意外停止（{reason}）。</translation>
    </message>
    <message>
        <source>The fastest that looks at pictures itself.</source>
        <translation>能自己看图片的最快模型。</translation>
    </message>
    <message>
        <source>The file</source>
        <translation>该文件</translation>
    </message>
    <message>
        <source>The file of conversations was damaged. A new one was started.</source>
        <translation>对话记录文件已损坏，因此新建了一个。</translation>
    </message>
    <message>
        <source>The file of conversations was damaged. What could be read was moved into a new one; conversations: {count}.</source>
        <translation>对话文件已损坏。能读取的内容已移到新文件中，对话数：{count}。</translation>
    </message>
    <message>
        <source>The folder is too large. Only the first {count} documents are used.</source>
        <translation>文件夹太大，只使用前 {count} 个文档。</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be read: {reason}.</source>
        <translation>无法读取文件夹 {folder}：{reason}。</translation>
    </message>
    <message>
        <source>The folder {folder} does not exist.</source>
        <translation>文件夹 {folder} 不存在。</translation>
    </message>
    <message>
        <source>The folder {folder} is not known here.</source>
        <translation>这台电脑上没有文件夹 {folder} 的记录。</translation>
    </message>
    <message>
        <source>The image model in {folder} cannot be loaded: {error}</source>
        <translation>无法载入 {folder} 中的图像模型：{error}</translation>
    </message>
    <message>
        <source>The image model in {folder} cannot be loaded: {problem}.</source>
        <translation>无法载入 {folder} 中的图像模型：{problem}。</translation>
    </message>
    <message>
        <source>The image model&apos;s tokenizer {file} cannot be read: {error}</source>
        <translation>无法读取图像模型的分词器 {file}：{error}</translation>
    </message>
    <message>
        <source>The index of {folder} cannot be written: {reason}.</source>
        <translation>无法写入 {folder} 的索引：{reason}。</translation>
    </message>
    <message>
        <source>The key cannot be kept in the system&apos;s keyring ({reason}).</source>
        <translation>无法将密钥保存到系统密钥环（{reason}）。</translation>
    </message>
    <message>
        <source>The key file of the encrypted history, {file}, cannot be read.</source>
        <translation>无法读取加密历史记录的密钥文件 {file}。</translation>
    </message>
    <message>
        <source>The key file of the encrypted history, {file}, is missing.</source>
        <translation>缺少加密历史记录的密钥文件 {file}。</translation>
    </message>
    <message>
        <source>The language cannot be {language!r}.</source>
        <translation>语言不能是 {language!r}。</translation>
    </message>
    <message>
        <source>The language model is not installed yet.</source>
        <translation>语言模型尚未安装。</translation>
    </message>
    <message>
        <source>The language {name!r} is not supported.</source>
        <translation>不支持语言 {name!r}。</translation>
    </message>
    <message>
        <source>The list of models is damaged ({file}: {reason}).</source>
        <translation>模型列表已损坏（{file}：{reason}）。</translation>
    </message>
    <message>
        <source>The log has the details ({kind}).</source>
        <translation>详情请看日志（{kind}）。</translation>
    </message>
    <message>
        <source>The look-up stopped unexpectedly.</source>
        <translation>查询意外中止。</translation>
    </message>
    <message>
        <source>The makers of {model} ask you to accept their terms first.</source>
        <translation>{model} 的发布者要求您先接受其条款。</translation>
    </message>
    <message>
        <source>The memory of the graphics card ({device}) ran out. {title} runs on the CPU.</source>
        <translation>显卡（{device}）的显存已用尽。{title} 在 CPU 上运行。</translation>
    </message>
    <message>
        <source>The memory of the graphics card ran out during this answer.</source>
        <translation>生成此回答时显卡的显存已用尽。</translation>
    </message>
    <message>
        <source>The message</source>
        <translation>这条消息</translation>
    </message>
    <message>
        <source>The microphone &quot;{name}&quot; cannot be opened: {reason}.</source>
        <translation>无法打开麦克风“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>The microphone cannot be used ({kind}).</source>
        <translation>无法使用麦克风（{kind}）。</translation>
    </message>
    <message>
        <source>The model &quot;{part}&quot; cannot be loaded ({error}).</source>
        <translation>无法载入模型“{part}”（{error}）。</translation>
    </message>
    <message>
        <source>The model &quot;{part}&quot; has pictures or sound in a form that this mmdesk does not know.</source>
        <translation>模型“{part}”使用的图片或声音格式是此版本的 mmdesk 不支持的。</translation>
    </message>
    <message>
        <source>The model &quot;{part}&quot; is of a kind that this mmdesk does not know ({kind}).</source>
        <translation>模型“{part}”属于此版本的 mmdesk 不支持的类型（{kind}）。</translation>
    </message>
    <message>
        <source>The model cannot take &quot;{name}&quot; ({reason}).</source>
        <translation>模型无法读取“{name}”（{reason}）。</translation>
    </message>
    <message>
        <source>The model hub ({host}) cannot be reached.</source>
        <translation>无法连接模型库（{host}）。</translation>
    </message>
    <message>
        <source>The model hub does not accept your access token.</source>
        <translation>模型库不接受您的访问令牌。</translation>
    </message>
    <message>
        <source>The model hub has a problem at the moment (it answered {status}).</source>
        <translation>模型库目前有问题（答复为 {status}）。</translation>
    </message>
    <message>
        <source>The model hub is asked too often from here at the moment.</source>
        <translation>目前从这里向模型库的请求过于频繁。</translation>
    </message>
    <message>
        <source>The model hub is turned off by {switch}.</source>
        <translation>模型库已被 {switch} 关闭。</translation>
    </message>
    <message>
        <source>The model knows little {language}, so the translation may be wrong. A larger model may do better.</source>
        <translation>该模型对{language}所知甚少，译文可能有误。更大的模型可能效果更好。</translation>
    </message>
    <message>
        <source>The model thought until the maximum length of the answer was reached. Allow longer answers in the settings.</source>
        <translation>模型一直思考，直到达到回答的最大长度。请在设置中允许更长的回答。</translation>
    </message>
    <message>
        <source>The model {part} ({title}) is not installed.</source>
        <translation>模型 {part}（{title}）尚未安装。</translation>
    </message>
    <message>
        <source>The model {part} failed its verification: {reason}.</source>
        <translation>模型 {part} 未通过校验：{reason}。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template does not say where its pictures belong.</source>
        <translation>模型的聊天模板没有说明图片应放在哪里。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template has a mistake: {reason}.</source>
        <translation>该模型的对话模板有错误：{reason}。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template never ends.</source>
        <translation>该模型的对话模板一直不结束。</translation>
    </message>
    <message>
        <source>The model&apos;s files do not agree on how its pictures are read.</source>
        <translation>模型的文件对图片的读取方式不一致。</translation>
    </message>
    <message>
        <source>The models cannot be changed: {reason}.</source>
        <translation>无法更改模型：{reason}。</translation>
    </message>
    <message>
        <source>The oldest message no longer fits and was left out.</source>
        <translation>最早的一条消息放不下，已被省略。</translation>
    </message>
    <message>
        <source>The oldest {count} messages no longer fit and were left out.</source>
        <translation>最早的 {count} 条消息放不下，已被省略。</translation>
    </message>
    <message>
        <source>The picture</source>
        <translation>该图片</translation>
    </message>
    <message>
        <source>The precision cannot be {precision!r}.</source>
        <translation>精度不能是 {precision!r}。</translation>
    </message>
    <message>
        <source>The printer can’t be used.</source>
        <translation>无法使用这台打印机。</translation>
    </message>
    <message>
        <source>The question is too long for this model.</source>
        <translation>问题太长，这个模型处理不了。</translation>
    </message>
    <message>
        <source>The recording</source>
        <translation>该录音</translation>
    </message>
    <message>
        <source>The recording &quot;{name}&quot;</source>
        <translation>录音“{name}”</translation>
    </message>
    <message>
        <source>The repetition penalty cannot be {value}.</source>
        <translation>重复惩罚不能是 {value}。</translation>
    </message>
    <message>
        <source>The saved conversations are damaged, and another mmdesk is using them.</source>
        <translation>保存的对话已损坏，并且另一个 mmdesk 正在使用它们。</translation>
    </message>
    <message>
        <source>The sound can’t be played.</source>
        <translation>无法播放这段声音。</translation>
    </message>
    <message>
        <source>The speech model {model} cannot be loaded: {problem}.</source>
        <translation>无法载入语音模型 {model}：{problem}。</translation>
    </message>
    <message>
        <source>The speed of a model on another computer cannot be measured.</source>
        <translation>无法测量另一台电脑上模型的速度。</translation>
    </message>
    <message>
        <source>The speed of the voice cannot be {percent} %.</source>
        <translation>语速不能是 {percent} %。</translation>
    </message>
    <message>
        <source>The temperature cannot be {value}.</source>
        <translation>温度不能是 {value}。</translation>
    </message>
    <message>
        <source>The text does not say “{details}”. Please check the answer.</source>
        <translation>文中没有提到“{details}”，请核对回答。</translation>
    </message>
    <message>
        <source>The text in {name} is hard to read. Words of it may be wrong.</source>
        <translation>{name} 中的文字难以辨认，个别词可能有误。</translation>
    </message>
    <message>
        <source>The text is already as short as the summary you asked for.</source>
        <translation>原文已经和您要的总结一样短。</translation>
    </message>
    <message>
        <source>The text is already in Chinese. Only its characters were changed to {language}.</source>
        <translation>原文已经是中文，只将字符转换为{language}。</translation>
    </message>
    <message>
        <source>The text is already in {language}.</source>
        <translation>原文已经是{language}。</translation>
    </message>
    <message>
        <source>The text may already be in {language}.</source>
        <translation>这段文字可能已经是{language}了。</translation>
    </message>
    <message>
        <source>The text recognition model ({part}) is missing from the rapidocr package.</source>
        <translation>rapidocr 软件包中缺少文字识别模型（{part}）。</translation>
    </message>
    <message>
        <source>The text size cannot be {percent} %.</source>
        <translation>文字大小不能是 {percent} %。</translation>
    </message>
    <message>
        <source>The time before the model is unloaded cannot be negative.</source>
        <translation>卸载模型前的等待时间不能为负数。</translation>
    </message>
    <message>
        <source>The vision model {model} cannot be loaded: {problem}.</source>
        <translation>无法载入视觉模型 {model}：{problem}。</translation>
    </message>
    <message>
        <source>The voice of the system cannot be used ({program}).</source>
        <translation>无法使用系统语音（{program}）。</translation>
    </message>
    <message>
        <source>The voice stopped unexpectedly.</source>
        <translation>语音意外停止。</translation>
    </message>
    <message>
        <source>The voice {voice} cannot be loaded ({kind}).</source>
        <translation>无法加载语音 {voice}（{kind}）。</translation>
    </message>
    <message>
        <source>There is no conversation {conversation!r}.</source>
        <translation>没有对话 {conversation!r}。</translation>
    </message>
    <message>
        <source>There is no microphone &quot;{name}&quot;.</source>
        <translation>没有名为“{name}”的麦克风。</translation>
    </message>
    <message>
        <source>There is no model called &apos;{name}&apos;.</source>
        <translation>没有名为“{name}”的模型。</translation>
    </message>
    <message>
        <source>There is no model {model} on the hub, or it is private.</source>
        <translation>模型库中没有模型 {model}，或者它是私有的。</translation>
    </message>
    <message>
        <source>There is no text to translate in {name}.</source>
        <translation>{name} 中没有可翻译的文字。</translation>
    </message>
    <message>
        <source>There is no voice for {language} on this computer.</source>
        <translation>这台电脑上没有{language}语音。</translation>
    </message>
    <message>
        <source>There is not enough memory for this answer.</source>
        <translation>内存不足，无法生成此回答。</translation>
    </message>
    <message>
        <source>There is not enough memory to load the model &quot;{part}&quot;.</source>
        <translation>内存不足，无法载入模型“{part}”。</translation>
    </message>
    <message>
        <source>There is not enough memory to open {name}.</source>
        <translation>内存不足，无法打开 {name}。</translation>
    </message>
    <message>
        <source>There is not enough space on the disk to convert {name}: it takes up to {size}.</source>
        <translation>磁盘空间不足，无法转换 {name}：最多需要 {size}。</translation>
    </message>
    <message>
        <source>These sheets are hidden in Excel: {names}.</source>
        <translation>以下工作表在Excel中是隐藏的：{names}。</translation>
    </message>
    <message>
        <source>These slides are hidden: {pages}.</source>
        <translation>以下幻灯片是隐藏的：{pages}。</translation>
    </message>
    <message>
        <source>These slides are pictures whose text was not read: {pages}.</source>
        <translation>以下幻灯片是图片，其中的文字没有读取：{pages}。</translation>
    </message>
    <message>
        <source>These {count} attachments are too much for this model at once.</source>
        <translation>这 {count} 个附件对此模型来说一次太多。</translation>
    </message>
    <message>
        <source>They are as they were.</source>
        <translation>对话没有改变。</translation>
    </message>
    <message>
        <source>They will be lost when mmdesk closes.</source>
        <translation>mmdesk 关闭后，对话将会丢失。</translation>
    </message>
    <message>
        <source>This computer has no {device} device that PyTorch can use.</source>
        <translation>这台电脑没有 PyTorch 可用的 {device} 设备。</translation>
    </message>
    <message>
        <source>This desktop does not let mmdesk see the screen.</source>
        <translation>此桌面不允许 mmdesk 查看屏幕。</translation>
    </message>
    <message>
        <source>This desktop does not let programs have such keys.</source>
        <translation>此桌面不允许程序使用这样的按键。</translation>
    </message>
    <message>
        <source>This is not the passphrase of the history.</source>
        <translation>这不是历史记录的密码短语。</translation>
    </message>
    <message>
        <source>This keyboard has no {keys}.</source>
        <translation>此键盘没有 {keys}。</translation>
    </message>
    <message>
        <source>This message no longer exists.</source>
        <translation>这条消息已不存在。</translation>
    </message>
    <message>
        <source>This model cannot compute in int4 here.</source>
        <translation>这个模型在这里不能用 int4 计算。</translation>
    </message>
    <message>
        <source>To allow it for this model: mmdesk models get --online, or turn off &quot;Work offline&quot; in the settings.</source>
        <translation>要为此模型允许连接：mmdesk models get --online，或在设置中关闭“离线工作”。</translation>
    </message>
    <message>
        <source>Traditional Chinese</source>
        <translation>繁体中文</translation>
    </message>
    <message>
        <source>Translate to Chinese</source>
        <translation>翻译成中文</translation>
    </message>
    <message>
        <source>Translate to English</source>
        <translation>翻译成英文</translation>
    </message>
    <message>
        <source>Try a part of it.</source>
        <translation>请只用其中一部分试试。</translation>
    </message>
    <message>
        <source>Try again in some minutes. With an access token it allows more.</source>
        <translation>请过几分钟再试。使用访问令牌可以允许更多请求。</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>请稍后再试。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>Try again: it resumes where it left off.</source>
        <translation>请重试：会从中断处继续。</translation>
    </message>
    <message>
        <source>Try again: mmdesk models get {part}</source>
        <translation>请重试：mmdesk models get {part}</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其文</translation>
    </message>
    <message>
        <source>Turn off &quot;Work offline&quot; in the settings to use a server.</source>
        <translation>要使用服务器，请在设置中关闭“离线工作”。</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>乌克兰文</translation>
    </message>
    <message>
        <source>Voices: {voices}.</source>
        <translation>可用语音：{voices}。</translation>
    </message>
    <message>
        <source>Wait until it is done, then try again.</source>
        <translation>请等它完成后再试。</translation>
    </message>
    <message>
        <source>What came so far is kept. Ask again, or look after the server.</source>
        <translation>已收到的内容会保留。请重新提问，或检查服务器。</translation>
    </message>
    <message>
        <source>What came so far is kept. Ask again.</source>
        <translation>已收到的内容会保留。请重新提问。</translation>
    </message>
    <message>
        <source>What you send goes to {host}.</source>
        <translation>您发送的内容会传到 {host}。</translation>
    </message>
    <message>
        <source>Your account at the hub may not download {model} yet.</source>
        <translation>您的模型库账户还不能下载 {model}。</translation>
    </message>
    <message>
        <source>a message in &quot;{title}&quot; belongs to another conversation</source>
        <translation>“{title}”中有消息属于另一个对话</translation>
    </message>
    <message>
        <source>a message in &quot;{title}&quot; follows an unknown one</source>
        <translation>“{title}”中有消息接在未知的消息之后</translation>
    </message>
    <message>
        <source>an Apple Pages, Numbers or Keynote file</source>
        <translation>Apple Pages、Numbers 或 Keynote 文件</translation>
    </message>
    <message>
        <source>an ID in &quot;{title}&quot; is there more than once</source>
        <translation>“{title}”中有 ID 重复出现</translation>
    </message>
    <message>
        <source>an OpenDocument drawing (.odg)</source>
        <translation>OpenDocument 绘图（.odg）</translation>
    </message>
    <message>
        <source>an OpenDocument presentation (.odp)</source>
        <translation>OpenDocument 演示文稿（.odp）</translation>
    </message>
    <message>
        <source>an OpenDocument spreadsheet (.ods)</source>
        <translation>OpenDocument 电子表格（.ods）</translation>
    </message>
    <message>
        <source>another language</source>
        <translation>其他语言</translation>
    </message>
    <message>
        <source>indexing the documents</source>
        <translation>正在为文档建立索引</translation>
    </message>
    <message>
        <source>look-up of {model} on the model hub</source>
        <translation>在模型库查询 {model}</translation>
    </message>
    <message>
        <source>looking for decisions and tasks</source>
        <translation>正在查找决定和任务</translation>
    </message>
    <message>
        <source>messages in &quot;{title}&quot; follow one another in a circle</source>
        <translation>“{title}”中的消息互相循环引用</translation>
    </message>
    <message>
        <source>mmdesk can&apos;t open {name}.</source>
        <translation>mmdesk 无法打开 {name}。</translation>
    </message>
    <message>
        <source>mmdesk does not understand the answer of {host}.</source>
        <translation>mmdesk 无法理解 {host} 的回答。</translation>
    </message>
    <message>
        <source>mmdesk history list shows all conversations.</source>
        <translation>用 mmdesk history list 可以查看所有对话。</translation>
    </message>
    <message>
        <source>mmdesk keeps trying. Nothing is lost while this window is open.</source>
        <translation>mmdesk 会继续尝试；只要窗口开着，就不会丢失任何内容。</translation>
    </message>
    <message>
        <source>mmdesk will ask for the passphrase at the next start.</source>
        <translation>mmdesk 下次启动时会询问密码短语。</translation>
    </message>
    <message>
        <source>mmdesk works offline, so the model hub ({host}) was not contacted.</source>
        <translation>mmdesk 处于离线工作状态，因此没有连接模型库（{host}）。</translation>
    </message>
    <message>
        <source>native code crashed with signal {number}</source>
        <translation>本机代码崩溃，信号 {number}</translation>
    </message>
    <message>
        <source>no index has {requirement}</source>
        <translation>没有任何软件源提供 {requirement}</translation>
    </message>
    <message>
        <source>no wheel was downloaded</source>
        <translation>没有下载到任何 wheel</translation>
    </message>
    <message>
        <source>one document</source>
        <translation>1 个文档</translation>
    </message>
    <message>
        <source>one passage</source>
        <translation>其中一个段落</translation>
    </message>
    <message>
        <source>pip failed</source>
        <translation>pip 失败</translation>
    </message>
    <message>
        <source>reading document {number} of {count}</source>
        <translation>正在读取第 {number} 个文档（共 {count} 个）</translation>
    </message>
    <message>
        <source>reading part {part} of {parts}</source>
        <translation>正在阅读第 {part} 部分，共 {parts} 部分</translation>
    </message>
    <message>
        <source>research and education only</source>
        <translation>仅限研究和教学</translation>
    </message>
    <message>
        <source>something in &quot;{title}&quot; has no ID</source>
        <translation>“{title}”中有内容没有 ID</translation>
    </message>
    <message>
        <source>the model hub answered {status}</source>
        <translation>模型站点返回 {status}</translation>
    </message>
    <message>
        <source>the model hub answered {status} for {repository}</source>
        <translation>模型站点对 {repository} 返回 {status}</translation>
    </message>
    <message>
        <source>the model hub cannot be reached</source>
        <translation>无法连接模型站点</translation>
    </message>
    <message>
        <source>the model hub has a different {file} than mmdesk expects</source>
        <translation>模型站点上的 {file} 与 mmdesk 预期的不同</translation>
    </message>
    <message>
        <source>the model hub is turned off by {switch}</source>
        <translation>{switch} 已关闭模型站点</translation>
    </message>
    <message>
        <source>the picture {name} is damaged</source>
        <translation>图片 {name} 已损坏</translation>
    </message>
    <message>
        <source>the recording {name} is damaged</source>
        <translation>录音 {name} 已损坏</translation>
    </message>
    <message>
        <source>the server answered {status}</source>
        <translation>服务器返回 {status}</translation>
    </message>
    <message>
        <source>the server cannot resume the download</source>
        <translation>服务器无法继续下载</translation>
    </message>
    <message>
        <source>the server resumed at the wrong position</source>
        <translation>服务器从错误的位置继续下载</translation>
    </message>
    <message>
        <source>the transfer ended early</source>
        <translation>传输提前结束</translation>
    </message>
    <message>
        <source>there is no source for it</source>
        <translation>没有可用的来源</translation>
    </message>
    <message>
        <source>thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>top_k cannot be negative ({value}).</source>
        <translation>top_k 不能为负数（{value}）。</translation>
    </message>
    <message>
        <source>top_p must be above 0 and at most 1, not {value}.</source>
        <translation>top_p 必须大于 0 且不超过 1，不能是 {value}。</translation>
    </message>
    <message>
        <source>transcribing</source>
        <translation>正在转成文字</translation>
    </message>
    <message>
        <source>translating into {language}</source>
        <translation>正在翻译成{language}</translation>
    </message>
    <message>
        <source>waiting for {host} to load its model</source>
        <translation>正在等待 {host} 加载模型</translation>
    </message>
    <message>
        <source>{address} is not the address of a server.</source>
        <translation>{address} 不是服务器地址。</translation>
    </message>
    <message>
        <source>{address} is not the id of a model on the hub.</source>
        <translation>{address} 不是模型库中模型的 ID。</translation>
    </message>
    <message>
        <source>{count:,} characters in {name} are damaged.</source>
        <translation>{name} 中有 {count:,} 个字符已损坏。</translation>
    </message>
    <message>
        <source>{count} documents</source>
        <translation>{count} 个文档</translation>
    </message>
    <message>
        <source>{count} files could not be read: {names}.</source>
        <translation>{count} 个文件无法读取：{names}。</translation>
    </message>
    <message>
        <source>{count} files that are no documents were left out.</source>
        <translation>略过了 {count} 个非文档文件。</translation>
    </message>
    <message>
        <source>{count} pages are pictures. The text in them was not read.</source>
        <translation>有 {count} 页是图片，其中的文字没有读取。</translation>
    </message>
    <message>
        <source>{count} pictures in it were not read.</source>
        <translation>其中有 {count} 张图片未被读取。</translation>
    </message>
    <message>
        <source>{document}, page {page}</source>
        <translation>{document}，第 {page} 页</translation>
    </message>
    <message>
        <source>{file} cannot be removed: {reason}.</source>
        <translation>无法删除 {file}：{reason}。</translation>
    </message>
    <message>
        <source>{file} is in the way.</source>
        <translation>{file} 已存在，无法继续。</translation>
    </message>
    <message>
        <source>{file} is not the file that the hub describes, and was deleted</source>
        <translation>{file} 与模型库描述的文件不符，已删除</translation>
    </message>
    <message>
        <source>{folder} has no processor for pictures or sound: {file} is missing.</source>
        <translation>{folder} 没有用于图片或声音的处理器：缺少 {file}。</translation>
    </message>
    <message>
        <source>{folder} is not a model for chat.</source>
        <translation>{folder} 不是聊天模型。</translation>
    </message>
    <message>
        <source>{folder} is not a model for chat: it is made for {architecture}.</source>
        <translation>{folder} 不是聊天模型：它用于 {architecture}。</translation>
    </message>
    <message>
        <source>{host} cannot be reached ({reason}).</source>
        <translation>无法连接到 {host}（{reason}）。</translation>
    </message>
    <message>
        <source>{host} does not accept the key.</source>
        <translation>{host} 不接受该密钥。</translation>
    </message>
    <message>
        <source>{host} does not answer as {model}: {problem}</source>
        <translation>{host} 无法以 {model} 回答：{problem}</translation>
    </message>
    <message>
        <source>{host} has sent nothing for {seconds:g} seconds.</source>
        <translation>{host} 已有 {seconds:g} 秒没有发送任何内容。</translation>
    </message>
    <message>
        <source>{host} is no server with an OpenAI-compatible API.</source>
        <translation>{host} 不是兼容 OpenAI API 的服务器。</translation>
    </message>
    <message>
        <source>{host} is still loading its model.</source>
        <translation>{host} 仍在加载模型。</translation>
    </message>
    <message>
        <source>{host} refers to another address, to which mmdesk sends nothing.</source>
        <translation>{host} 要求转到另一个地址，mmdesk 不会向那里发送任何内容。</translation>
    </message>
    <message>
        <source>{keys} is already used by another program.</source>
        <translation>{keys} 已被其他程序占用。</translation>
    </message>
    <message>
        <source>{keys} is needed for typing. Add Ctrl or Alt.</source>
        <translation>{keys} 要用于输入文字。请加上 Ctrl 或 Alt。</translation>
    </message>
    <message>
        <source>{keys} is not one key combination.</source>
        <translation>{keys} 不是一个组合键。</translation>
    </message>
    <message>
        <source>{keys} is used twice here.</source>
        <translation>{keys} 在这里用了两次。</translation>
    </message>
    <message>
        <source>{model} at {host}</source>
        <translation>{host} 上的 {model}</translation>
    </message>
    <message>
        <source>{model} has no file {file}.</source>
        <translation>{model} 没有文件 {file}。</translation>
    </message>
    <message>
        <source>{model} has no revision {revision}.</source>
        <translation>{model} 没有版本 {revision}。</translation>
    </message>
    <message>
        <source>{model} has several GGUF files: {files}.</source>
        <translation>{model} 有多个 GGUF 文件：{files}。</translation>
    </message>
    <message>
        <source>{model} on {host} does not take pictures.</source>
        <translation>{host} 上的 {model} 不能接收图片。</translation>
    </message>
    <message>
        <source>{model} on {host} does not take sound.</source>
        <translation>{host} 上的 {model} 不能接收声音。</translation>
    </message>
    <message>
        <source>{model} takes no pictures, so it was sent mmdesk&apos;s description.</source>
        <translation>{model} 不能接收图片，因此发送的是 mmdesk 的描述。</translation>
    </message>
    <message>
        <source>{model} takes no sound, so it was sent mmdesk&apos;s transcript.</source>
        <translation>{model} 不能接收声音，因此发送的是 mmdesk 的转写文字。</translation>
    </message>
    <message>
        <source>{model} was disabled on the hub.</source>
        <translation>{model} 在模型库中已被停用。</translation>
    </message>
    <message>
        <source>{name} could not be read.</source>
        <translation>无法读取 {name}。</translation>
    </message>
    <message>
        <source>{name} is a {architecture} model, which does not chat.</source>
        <translation>{name} 是 {architecture} 模型，不能对话。</translation>
    </message>
    <message>
        <source>{name} is a {architecture} model, which mmdesk cannot read from a GGUF file.</source>
        <translation>{name} 是 {architecture} 模型，mmdesk 无法从 GGUF 文件读取它。</translation>
    </message>
    <message>
        <source>{name} is an Outlook message (.msg).</source>
        <translation>{name} 是 Outlook 邮件（.msg）。</translation>
    </message>
    <message>
        <source>{name} is an e-book without a list of its chapters.</source>
        <translation>{name}是没有章节目录的电子书。</translation>
    </message>
    <message>
        <source>{name} is an old Excel workbook (.xls).</source>
        <translation>{name} 是旧版 Excel 工作簿（.xls）。</translation>
    </message>
    <message>
        <source>{name} is an old Office file.</source>
        <translation>{name} 是旧版 Office 文件。</translation>
    </message>
    <message>
        <source>{name} is an old PowerPoint presentation (.ppt).</source>
        <translation>{name} 是旧版 PowerPoint 演示文稿（.ppt）。</translation>
    </message>
    <message>
        <source>{name} is an old Word file (.doc).</source>
        <translation>{name} 是旧版 Word 文件（.doc）。</translation>
    </message>
    <message>
        <source>{name} is copy-protected (DRM).</source>
        <translation>{name}受版权保护（DRM）。</translation>
    </message>
    <message>
        <source>{name} is not a document.</source>
        <translation>{name} 不是文档。</translation>
    </message>
    <message>
        <source>{name} is not a voice.</source>
        <translation>{name} 不是语音。</translation>
    </message>
    <message>
        <source>{name} is {kind}, not a text document.</source>
        <translation>{name} 是{kind}，不是文本文档。</translation>
    </message>
    <message>
        <source>{name} needs the Python package {package}, which is not installed.</source>
        <translation>{name} 需要 Python 软件包 {package}，但尚未安装。</translation>
    </message>
    <message>
        <source>{name} needs too much memory to be opened.</source>
        <translation>打开 {name} 需要的内存太多。</translation>
    </message>
    <message>
        <source>{count} passages</source>
        <translation>其中 {count} 个段落</translation>
    </message>
    <message>
        <source>An encrypted history needs the library {library}, which is not installed.</source>
        <translation>加密的历史记录需要 {library} 库，但尚未安装。</translation>
    </message>
    <message>
        <source>Another mmdesk is encrypting or decrypting the conversations.</source>
        <translation>另一个 mmdesk 正在加密或解密对话。</translation>
    </message>
    <message>
        <source>Another mmdesk is using the conversations.</source>
        <translation>另一个 mmdesk 正在使用这些对话。</translation>
    </message>
    <message>
        <source>Enter the passphrase to open them.</source>
        <translation>请输入密码短语以打开它们。</translation>
    </message>
    <message>
        <source>Install it with: pip install {library}</source>
        <translation>安装方法：pip install {library}</translation>
    </message>
    <message>
        <source>Move it to another folder, then try again.</source>
        <translation>请将它移到其他文件夹，然后重试。</translation>
    </message>
    <message>
        <source>Use a copy without protection.</source>
        <translation>请使用没有保护的副本。</translation>
    </message>
    <message>
        <source>a binary Excel workbook (.xlsb)</source>
        <translation>二进制Excel工作簿（.xlsb）</translation>
    </message>
    <message>
        <source>answered {status}</source>
        <translation>应答 {status}</translation>
    </message>
    <message>
        <source>check of the model hub</source>
        <translation>检查模型库</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>cut off ({kind})</source>
        <translation>中断（{kind}）</translation>
    </message>
    <message>
        <source>download by pip</source>
        <translation>由 pip 下载</translation>
    </message>
    <message>
        <source>download from the package registry</source>
        <translation>从软件包仓库下载</translation>
    </message>
    <message>
        <source>download of {title}</source>
        <translation>下载 {title}</translation>
    </message>
    <message>
        <source>failed ({kind})</source>
        <translation>失败（{kind}）</translation>
    </message>
    <message>
        <source>larger_model cannot be {choice!r}.</source>
        <translation>larger_model 不能是 {choice!r}。</translation>
    </message>
    <message>
        <source>mmdesk works offline, so {host} was not contacted.</source>
        <translation>mmdesk 处于离线工作状态，因此没有连接 {host}。</translation>
    </message>
    <message>
        <source>not asked for</source>
        <translation>未经请求</translation>
    </message>
    <message>
        <source>not finished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>reading page {page} of {pages}</source>
        <translation>正在识别第{page}页，共{pages}页</translation>
    </message>
    <message>
        <source>reading the text in the picture</source>
        <translation>正在识别图片中的文字</translation>
    </message>
    <message>
        <source>refused by mmdesk</source>
        <translation>已被 mmdesk 拒绝</translation>
    </message>
    <message>
        <source>refused: Work offline is on</source>
        <translation>已拒绝：离线工作已开启</translation>
    </message>
    <message>
        <source>{count} cells have a formula without its result. Open the file in a spreadsheet program and save it again.</source>
        <translation>有{count}个单元格只有公式、没有结果。请用电子表格程序打开文件并重新保存。</translation>
    </message>
    <message>
        <source>{count} chapters are missing in the file.</source>
        <translation>文件中缺少{count}章。</translation>
    </message>
    <message>
        <source>{count} chapters are pictures. They were not read.</source>
        <translation>有{count}章是图片，没有读取。</translation>
    </message>
    <message>
        <source>{count} pictures as large as a page are in it. Their text was not read.</source>
        <translation>其中有 {count} 张和页面一样大的图片，图片中的文字未读取。</translation>
    </message>
    <message>
        <source>{count} sentences could not be translated. They were left as they are.</source>
        <translation>有 {count} 句话无法翻译，已保留原文。</translation>
    </message>
    <message>
        <source>{count} sentences may still contain {language}.</source>
        <translation>有 {count} 句话可能还含有{language}。</translation>
    </message>
    <message>
        <source>{file} cannot be read</source>
        <translation>无法读取 {file}</translation>
    </message>
    <message>
        <source>{file} cannot be written: {reason}.</source>
        <translation>无法写入 {file}：{reason}。</translation>
    </message>
    <message>
        <source>{file} does not belong to this model</source>
        <translation>{file} 不属于这个模型</translation>
    </message>
    <message>
        <source>{file} from {host}: {reason}</source>
        <translation>从 {host} 下载 {file}：{reason}</translation>
    </message>
    <message>
        <source>{file} has changed</source>
        <translation>{file} 已被改动</translation>
    </message>
    <message>
        <source>{file} is damaged</source>
        <translation>{file} 已损坏</translation>
    </message>
    <message>
        <source>{file} is longer than it should be</source>
        <translation>{file} 比应有的长度更长</translation>
    </message>
    <message>
        <source>{file} is missing</source>
        <translation>缺少 {file}</translation>
    </message>
    <message>
        <source>{file} is missing or cannot be read</source>
        <translation>{file} 缺失或无法读取</translation>
    </message>
    <message>
        <source>{file} is not the expected file</source>
        <translation>{file} 不是预期的文件</translation>
    </message>
    <message>
        <source>{file} is not the expected file and was deleted</source>
        <translation>{file} 不是预期的文件，已删除</translation>
    </message>
    <message>
        <source>{file} was added to it</source>
        <translation>其中多出了 {file}</translation>
    </message>
    <message>
        <source>{file}: the server answered {status}</source>
        <translation>{file}：服务器返回 {status}</translation>
    </message>
    <message>
        <source>{file}: the server sent it compressed</source>
        <translation>{file}：服务器以压缩形式发送了它</translation>
    </message>
    <message>
        <source>{first}; pip: {second}</source>
        <translation>{first}；pip：{second}</translation>
    </message>
    <message>
        <source>{first}; {next}</source>
        <translation>{first}；{next}</translation>
    </message>
    <message>
        <source>{folder} has no chat template: it continues text but does not answer.</source>
        <translation>{folder} 没有对话模板：它只会续写文字，不会回答。</translation>
    </message>
    <message>
        <source>{folder} has no safetensors weights.</source>
        <translation>{folder} 没有 safetensors 格式的权重。</translation>
    </message>
    <message>
        <source>{folder} has no tokenizer: {file} is missing.</source>
        <translation>{folder} 没有分词器：缺少 {file}。</translation>
    </message>
    <message>
        <source>{folder} has no weights for {tensor}.</source>
        <translation>{folder} 缺少 {tensor} 的权重。</translation>
    </message>
    <message>
        <source>{folder} is incomplete: {file} is cut off or damaged.</source>
        <translation>{folder} 不完整：{file} 被截断或已损坏。</translation>
    </message>
    <message>
        <source>{folder} is incomplete: {file} is missing.</source>
        <translation>{folder} 不完整：缺少 {file}。</translation>
    </message>
    <message>
        <source>{folder} is not a transformers model: {file} is missing.</source>
        <translation>{folder} 不是 transformers 模型：缺少 {file}。</translation>
    </message>
    <message>
        <source>{folder} is quantised in a format that mmdesk does not support.</source>
        <translation>mmdesk 不支持 {folder} 的量化格式。</translation>
    </message>
    <message>
        <source>{folder} needs its own program code, which mmdesk never runs.</source>
        <translation>{folder} 需要运行自带的程序代码，而 mmdesk 绝不会运行这类代码。</translation>
    </message>
    <message>
        <source>{folder}: its weights do not fit its config: {tensor} is {found}, not {expected}.</source>
        <translation>{folder}：权重与配置不符：{tensor} 是 {found}，而不是 {expected}。</translation>
    </message>
    <message>
        <source>{folder}: {file} cannot be read.</source>
        <translation>{folder}：无法读取 {file}。</translation>
    </message>
    <message>
        <source>{folder}: {setting} in {file} does not fit the model.</source>
        <translation>{folder}：{file} 中的 {setting} 与模型不符。</translation>
    </message>
    <message>
        <source>{folder}: {tensor} is stored in a format that mmdesk does not support.</source>
        <translation>{folder}：{tensor} 的存储格式不受 mmdesk 支持。</translation>
    </message>
    <message>
        <source>{model} answers better and suits this computer ({size} to download). To use it: mmdesk models get default --larger</source>
        <translation>{model} 的回答更好，适合这台电脑（需下载 {size}）。如需使用：mmdesk models get default --larger</translation>
    </message>
    <message>
        <source>{model} could not be downloaded from any source. {other} is used instead.</source>
        <translation>从任何来源都无法下载 {model}，暂用 {other} 代替。</translation>
    </message>
    <message>
        <source>{model} suits this computer ({size} to download). It is downloaded after the standard models, and answers as soon as it is there.</source>
        <translation>{model} 适合这台电脑（需下载 {size}）。它会在标准模型之后下载，下载完成后即由它回答。</translation>
    </message>
    <message>
        <source>{name!r} is not the name of an attachment.</source>
        <translation>{name!r} 不是附件的名称。</translation>
    </message>
    <message>
        <source>{name} cannot be opened: permission denied.</source>
        <translation>无法打开 {name}：没有权限。</translation>
    </message>
    <message>
        <source>{name} cannot be opened: {reason}.</source>
        <translation>无法打开 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{name} cannot be read ({kind}).</source>
        <translation>无法读取 {name}（{kind}）。</translation>
    </message>
    <message>
        <source>{name} cannot be read: {reason}.</source>
        <translation>无法读取 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{name} could not be converted: {reason}.</source>
        <translation>无法转换 {name}：{reason}。</translation>
    </message>
    <message>
        <source>{name} could not be read: the decoder crashed.</source>
        <translation>无法读取 {name}：解码程序崩溃了。</translation>
    </message>
    <message>
        <source>{name} has no pages.</source>
        <translation>{name} 没有页面。</translation>
    </message>
    <message>
        <source>{name} has no sound in it.</source>
        <translation>{name} 里没有声音。</translation>
    </message>
    <message>
        <source>{name} has no text to summarise.</source>
        <translation>{name} 没有可总结的文字。</translation>
    </message>
    <message>
        <source>{name} has no text.</source>
        <translation>{name} 没有文字。</translation>
    </message>
    <message>
        <source>{name} has {characters:,} characters; at most {most:,} can be read.</source>
        <translation>{name} 有 {characters:,} 个字符；最多可以读取 {most:,} 个。</translation>
    </message>
    <message>
        <source>{name} has {count:,} frames. Only the first one was read.</source>
        <translation>{name} 有 {count:,} 帧，只读取了第一帧。</translation>
    </message>
    <message>
        <source>{name} has {count:,} pages. Only pages 1 to {read} were read.</source>
        <translation>{name} 有 {count:,} 页，只读取了第 1 至 {read} 页。</translation>
    </message>
    <message>
        <source>{name} has {size:,.0f} MB; at most {most:,.0f} MB can be opened.</source>
        <translation>{name} 有 {size:,.0f} MB；最多可以打开 {most:,.0f} MB 的文件。</translation>
    </message>
    <message>
        <source>{name} has {width:,} × {height:,} pixels; at most {most} megapixels can be opened.</source>
        <translation>{name} 有 {width:,} × {height:,} 像素；最多可以打开 {most} 百万像素的图片。</translation>
    </message>
    <message>
        <source>{name} is a ZIP archive, not a Word document.</source>
        <translation>{name} 是 ZIP 压缩包，不是 Word 文档。</translation>
    </message>
    <message>
        <source>{name} is a device or a pipe, not a file.</source>
        <translation>{name} 是设备或管道，不是文件。</translation>
    </message>
    <message>
        <source>{name} is a folder, not a file.</source>
        <translation>{name} 是文件夹，不是文件。</translation>
    </message>
    <message>
        <source>{name} is a message without text.</source>
        <translation>{name} 是没有文字的邮件。</translation>
    </message>
    <message>
        <source>{name} is a picture without pixels.</source>
        <translation>{name} 是没有像素的图片。</translation>
    </message>
    <message>
        <source>{name} is damaged</source>
        <translation>{name} 已损坏</translation>
    </message>
    <message>
        <source>{name} is damaged (wrong checksum)</source>
        <translation>{name} 已损坏（校验和不符）</translation>
    </message>
    <message>
        <source>{name} is damaged ({reason}). Nothing was imported.</source>
        <translation>{name} 已损坏（{reason}），没有导入任何内容。</translation>
    </message>
    <message>
        <source>{name} is damaged: parts of it are missing.</source>
        <translation>{name} 已损坏：缺少部分内容。</translation>
    </message>
    <message>
        <source>{name} is damaged: some of its samples are not numbers.</source>
        <translation>{name} 已损坏：部分采样不是数字。</translation>
    </message>
    <message>
        <source>{name} is damaged: {reason}.</source>
        <translation>{name} 已损坏：{reason}。</translation>
    </message>
    <message>
        <source>{name} is empty.</source>
        <translation>{name} 是空的。</translation>
    </message>
    <message>
        <source>{name} is empty: it has no sound.</source>
        <translation>{name} 是空的：没有声音。</translation>
    </message>
    <message>
        <source>{name} is incomplete: the end of the picture is missing.</source>
        <translation>{name} 不完整：图片末尾缺失。</translation>
    </message>
    <message>
        <source>{name} is longer than {hours} hours.</source>
        <translation>{name} 超过了 {hours} 小时。</translation>
    </message>
    <message>
        <source>{name} is missing</source>
        <translation>缺少 {name}</translation>
    </message>
    <message>
        <source>{name} is nested too deeply to be read.</source>
        <translation>{name} 嵌套过深，无法读取。</translation>
    </message>
    <message>
        <source>{name} is not a JSON file: {error}.</source>
        <translation>{name} 不是 JSON 文件：{error}。</translation>
    </message>
    <message>
        <source>{name} is not a PDF mmdesk can read: it is damaged or incomplete.</source>
        <translation>{name} 不是 mmdesk 能读取的 PDF：已损坏或不完整。</translation>
    </message>
    <message>
        <source>{name} is not a complete GGUF file.</source>
        <translation>{name} 不是完整的 GGUF 文件。</translation>
    </message>
    <message>
        <source>{name} is not a file of mmdesk conversations.</source>
        <translation>{name} 不是 mmdesk 的对话文件。</translation>
    </message>
    <message>
        <source>{name} is not a folder.</source>
        <translation>{name} 不是文件夹。</translation>
    </message>
    <message>
        <source>{name} is not a model.</source>
        <translation>{name} 不是模型。</translation>
    </message>
    <message>
        <source>{name} is not a picture mmdesk can read.</source>
        <translation>{name} 不是 mmdesk 能读取的图片。</translation>
    </message>
    <message>
        <source>{name} is not a sound file mmdesk can read.</source>
        <translation>{name} 不是 mmdesk 能读取的音频文件。</translation>
    </message>
    <message>
        <source>{name} is not a text file: its bytes are not text in a known encoding.</source>
        <translation>{name} 不是文本文件：无法以任何已知编码读出文字。</translation>
    </message>
    <message>
        <source>{name} is one piece of a model in several files.</source>
        <translation>{name} 只是分成多个文件的模型的一部分。</translation>
    </message>
    <message>
        <source>{name} is only an adapter (LoRA) for another model.</source>
        <translation>{name} 只是另一个模型的适配器（LoRA）。</translation>
    </message>
    <message>
        <source>{name} is only the picture part of a model.</source>
        <translation>{name} 只是模型的图像部分。</translation>
    </message>
    <message>
        <source>{name} is protected by a password.</source>
        <translation>{name} 有密码保护。</translation>
    </message>
    <message>
        <source>{name} is silent: there is no sound in it.</source>
        <translation>{name} 是静音的：里面没有声音。</translation>
    </message>
    <message>
        <source>{name} is too large to import.</source>
        <translation>{name} 太大，无法导入。</translation>
    </message>
    <message>
        <source>{name} is too large to open.</source>
        <translation>{name}太大，无法打开。</translation>
    </message>
    <message>
        <source>{name} is too long to read at once. Answered from {passages} ({percent} %).</source>
        <translation>{name} 太长，无法一次读完。回答依据的是{passages}（占 {percent} %）。</translation>
    </message>
    <message>
        <source>{name} is too long, so its middle was left out.</source>
        <translation>{name}太长，中间部分没有读取。</translation>
    </message>
    <message>
        <source>{name} took too long to read.</source>
        <translation>读取 {name} 用时过长。</translation>
    </message>
    <message>
        <source>{name} was changed after it was attached.</source>
        <translation>{name}在添加之后被修改过。</translation>
    </message>
    <message>
        <source>{name} was not saved completely. Its sound was read to the end.</source>
        <translation>{name} 没有保存完整。其中的声音已读到末尾。</translation>
    </message>
    <message>
        <source>{name} was reduced to {share:.0%} of its size, so small text may be missing.</source>
        <translation>{name} 已缩小到原尺寸的 {share:.0%}，其中的小字可能没有读到。</translation>
    </message>
    <message>
        <source>{name} was saved by a newer mmdesk (format {version}, this one reads up to {newest}).</source>
        <translation>{name} 是用更新版本的 mmdesk 保存的（格式 {version}，当前程序最高支持 {newest}）。</translation>
    </message>
    <message>
        <source>{name} was saved by a newer mmdesk.</source>
        <translation>{name} 是用更新版本的 mmdesk 保存的。</translation>
    </message>
    <message>
        <source>{name} would unpack to {size:,.1f} GB, which is too large to open.</source>
        <translation>{name} 解压后将达到 {size:,.1f} GB，太大，无法打开。</translation>
    </message>
    <message>
        <source>{pages} and {last}</source>
        <translation>{pages} 和 {last}</translation>
    </message>
    <message>
        <source>{part} cannot be saved: {reason}.</source>
        <translation>无法保存 {part}：{reason}。</translation>
    </message>
    <message>
        <source>{path} cannot be opened: {error}.</source>
        <translation>无法打开 {path}：{error}。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {error}.</source>
        <translation>无法读取 {path}：{error}。</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>{path} is not a file.</source>
        <translation>{path} 不是文件。</translation>
    </message>
    <message>
        <source>{place} has a wrong value</source>
        <translation>{place} 的值不正确</translation>
    </message>
    <message>
        <source>{place} has a wrong value: {detail}</source>
        <translation>{place} 的值不正确：{detail}</translation>
    </message>
    <message>
        <source>{place} is missing</source>
        <translation>缺少 {place}</translation>
    </message>
    <message>
        <source>{problem} {hint}</source>
        <translation>{problem}{hint}</translation>
    </message>
    <message>
        <source>{reason}</source>
        <translation>{reason}</translation>
    </message>
    <message>
        <source>{title} ({part}) could not be converted: {reason}.</source>
        <translation>无法转换 {title}（{part}）：{reason}。</translation>
    </message>
    <message>
        <source>{title} ({part}) could not be downloaded: {reason}.</source>
        <translation>无法下载 {title}（{part}）：{reason}。</translation>
    </message>
    <message>
        <source>{title} cannot be read: {file} is missing or locked.</source>
        <translation>无法读取 {title}：{file} 缺失或被锁定。</translation>
    </message>
    <message>
        <source>{title} cannot be written to {folder}: {reason}.</source>
        <translation>无法将 {title} 写入 {folder}：{reason}。</translation>
    </message>
    <message>
        <source>{title} could not be downloaded: {reason}.</source>
        <translation>{title} 无法下载：{reason}。</translation>
    </message>
    <message>
        <source>{title} has changed since it was added: {file} is a different file.</source>
        <translation>{title} 在添加之后发生了变化：{file} 已不是原来的文件。</translation>
    </message>
    <message>
        <source>{title} has changed since it was downloaded: {file} is a different file.</source>
        <translation>{title} 在下载后被更改：{file} 是不同的文件。</translation>
    </message>
    <message>
        <source>{title} needs about {needed} of graphics memory, and {device} has {free} free.</source>
        <translation>{title} 约需 {needed} 显存，而 {device} 可用 {free}。</translation>
    </message>
    <message>
        <source>{title} needs about {needed} of graphics memory, and {device} has {free} free. It runs on the CPU.</source>
        <translation>{title} 约需 {needed} 显存，而 {device} 可用 {free}。它在 CPU 上运行。</translation>
    </message>
    <message>
        <source>{title} needs about {needed} of memory, and this computer has {total}.</source>
        <translation>{title} 约需 {needed} 内存，而这台电脑有 {total}。</translation>
    </message>
    <message>
        <source>{title} needs about {needed} of memory, and {free} are free: it may be slow. Closing other programs helps.</source>
        <translation>{title} 约需 {needed} 内存，而可用 {free}：可能会很慢。关闭其他程序会有帮助。</translation>
    </message>
    <message>
        <source>{title} needs the program {package}, which could not be installed: {reason}.</source>
        <translation>{title} 需要程序 {package}，但无法安装：{reason}。</translation>
    </message>
    <message>
        <source>{wanted} could not be downloaded, so {fallback} is used instead. To try again: mmdesk models get {part}</source>
        <translation>无法下载 {wanted}，改用 {fallback}。重试请运行：mmdesk models get {part}</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>捷克文</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>丹麦文</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>芬兰文</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>挪威文</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希腊文</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>希伯来文</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>印地文</translation>
    </message>
    <message>
        <source>Supported formats: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF.</source>
        <translation>支持的格式：JPEG、PNG、WebP、GIF、BMP、TIFF、HEIC、AVIF。</translation>
    </message>
    <message>
        <source>Supported formats: WAV, FLAC, MP3, OGG, M4A and most others.</source>
        <translation>支持的格式：WAV、FLAC、MP3、OGG、M4A 以及大多数其他格式。</translation>
    </message>
    <message>
        <source>The file may be damaged, or need more memory than a file may take.</source>
        <translation>文件可能已损坏，或者需要的内存超过了允许的上限。</translation>
    </message>
    <message>
        <source>The file of conversations is damaged, and a new one cannot be made: {reason}.</source>
        <translation>对话文件已损坏，并且无法创建新文件：{reason}。</translation>
    </message>
    <message>
        <source>The model &quot;{part}&quot; cannot compute in {precision} here.</source>
        <translation>模型“{part}”在这里不能用 {precision} 计算。</translation>
    </message>
    <message>
        <source>Update mmdesk to import it.</source>
        <translation>请更新 mmdesk 后再导入。</translation>
    </message>
    <message>
        <source>Update mmdesk to open your conversations. They have not been changed.</source>
        <translation>请更新 mmdesk 以打开您的对话。对话没有被改动。</translation>
    </message>
    <message>
        <source>Use a language code such as en or zh.</source>
        <translation>请使用 en 或 zh 之类的语言代码。</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南文</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰文</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>印尼文</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>罗马尼亚文</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>匈牙利文</translation>
    </message>
    <message>
        <source>There is nothing to score.</source>
        <translation>没有可评分的内容。</translation>
    </message>
    <message>
        <source>The engine did not score the text.</source>
        <translation>引擎没有给文本评分。</translation>
    </message>
    <message>
        <source>A picture as large as a page is in it. Its text was not read.</source>
        <translation>其中有一张和页面一样大的图片，图片中的文字未读取。</translation>
    </message>
    <message>
        <source>A summary needs at least {least} words, not {words}.</source>
        <translation>总结至少需要 {least} 个词，不能是 {words} 个。</translation>
    </message>
    <message>
        <source>Another mmdesk is downloading {part} right now.</source>
        <translation>另一个 mmdesk 正在下载 {part}。</translation>
    </message>
    <message>
        <source>Another program may be using it. Close that program or choose another microphone.</source>
        <translation>可能有其他程序正在使用它。请关闭该程序，或选择别的麦克风。</translation>
    </message>
    <message>
        <source>Answering…</source>
        <translation>正在回答…</translation>
    </message>
    <message>
        <source>Ask again: the engine restarts. If it happens again, close other programs or choose a smaller model.</source>
        <translation>请再问一次，引擎会重新启动。如果再次出现，请关闭其他程序或选择更小的模型。</translation>
    </message>
    <message>
        <source>Attached files were not read: {names}.</source>
        <translation>附件未读取：{names}。</translation>
    </message>
    <message>
        <source>Available microphones: {names}.</source>
        <translation>可用的麦克风：{names}。</translation>
    </message>
    <message>
        <source>Available models: {names}.</source>
        <translation>可用的模型：{names}。</translation>
    </message>
    <message>
        <source>Check the file&apos;s permissions.</source>
        <translation>请检查文件的权限。</translation>
    </message>
    <message>
        <source>Check your internet connection, then run: mmdesk models get {part}</source>
        <translation>请检查网络连接，然后运行：mmdesk models get {part}</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Choose another model, or repair the template in the model&apos;s folder.</source>
        <translation>请选择其他模型，或修复模型文件夹中的模板。</translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation>请选择其他模型。</translation>
    </message>
    <message>
        <source>Choose int8, bf16 or fp32.</source>
        <translation>请选择 int8、bf16 或 fp32。</translation>
    </message>
    <message>
        <source>Conversations cannot be saved in {folder}: {error}.</source>
        <translation>无法将对话保存在 {folder}：{error}。</translation>
    </message>
    <message>
        <source>Conversations cannot be saved now ({reason}).</source>
        <translation>现在无法保存对话（{reason}）。</translation>
    </message>
    <message>
        <source>Damaged entries of the history that were repaired: {count}.</source>
        <translation>已修复的损坏的历史记录条目：{count}。</translation>
    </message>
    <message>
        <source>Download cancelled.</source>
        <translation>下载已取消。</translation>
    </message>
    <message>
        <source>Download it ({size}): mmdesk models get {part}</source>
        <translation>请下载（{size}）：mmdesk models get {part}</translation>
    </message>
    <message>
        <source>Download it again: mmdesk models get {model}</source>
        <translation>请重新下载：mmdesk models get {model}</translation>
    </message>
    <message>
        <source>Download it again: mmdesk models get {part}</source>
        <translation>请重新下载：mmdesk models get {part}</translation>
    </message>
    <message>
        <source>Download the model again.</source>
        <translation>请重新下载该模型。</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>Free some disk space, or move mmdesk&apos;s folder by setting MMDESK_HOME.</source>
        <translation>请腾出磁盘空间，或设置 MMDESK_HOME 来移动 mmdesk 的文件夹。</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法文</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德文</translation>
    </message>
    <message>
        <source>If you changed it, add the folder again: {folder}</source>
        <translation>如果是您改动的，请重新添加文件夹：{folder}</translation>
    </message>
    <message>
        <source>It is an XFA form: what is filled in may not have been read.</source>
        <translation>这是 XFA 表单：填写的内容可能未读取。</translation>
    </message>
    <message>
        <source>It should be in {folder}. Put it back, or add the folder at its new place.</source>
        <translation>它应当位于 {folder}。请将其放回，或添加它现在所在的文件夹。</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在载入模型…</translation>
    </message>
    <message>
        <source>Looked at {picture} again: {question} Perhaps {answer} ({percent} %), but not sure.</source>
        <translation>又看了一遍 {picture}：{question} 也许是 {answer}（{percent} %），但不确定。</translation>
    </message>
    <message>
        <source>Looked at {picture} again: {question} {answer} ({percent} %)</source>
        <translation>又看了一遍 {picture}：{question} {answer}（{percent} %）</translation>
    </message>
    <message>
        <source>Looking at the picture…</source>
        <translation>正在看图片…</translation>
    </message>
    <message>
        <source>Models cannot be listed ({kind}).</source>
        <translation>无法列出模型（{kind}）。</translation>
    </message>
    <message>
        <source>New conversations will be lost when you quit mmdesk.</source>
        <translation>退出 mmdesk 后，新的对话不会保留。</translation>
    </message>
    <message>
        <source>Not enough disk space for {title}: {needed} needed, {free} free in {folder}.</source>
        <translation>磁盘空间不足，放不下 {title}：需要 {needed}，{folder} 中可用 {free}。</translation>
    </message>
    <message>
        <source>Nothing was recorded: no sound came from the microphone.</source>
        <translation>没有录到声音：麦克风没有传来声音。</translation>
    </message>
    <message>
        <source>Nothing was recorded: the microphone was disconnected.</source>
        <translation>没有录到声音：麦克风已断开。</translation>
    </message>
    <message>
        <source>One character in {name} is damaged.</source>
        <translation>{name} 中有一个字符已损坏。</translation>
    </message>
    <message>
        <source>One sentence could not be translated. It was left as it is.</source>
        <translation>有一句话无法翻译，已保留原文。</translation>
    </message>
    <message>
        <source>One sentence may still contain {language}.</source>
        <translation>有一句话可能还含有{language}。</translation>
    </message>
    <message>
        <source>Page {page} is a picture. The text in it was not read.</source>
        <translation>第 {page} 页是图片，其中的文字未读取。</translation>
    </message>
    <message>
        <source>Page {page} of {name} is damaged. Only the pages before it were read.</source>
        <translation>{name} 的第 {page} 页已损坏，只读取了它之前的页。</translation>
    </message>
    <message>
        <source>Pages {pages} are pictures. The text in them was not read.</source>
        <translation>第 {pages} 页是图片，其中的文字未读取。</translation>
    </message>
    <message>
        <source>Pickled weights (.bin, .pt) can run code, so mmdesk never loads them.</source>
        <translation>pickle 格式的权重（.bin、.pt）可能运行代码，因此 mmdesk 绝不载入。</translation>
    </message>
    <message>
        <source>Plug in a microphone, or allow access to it in the system settings.</source>
        <translation>请接上麦克风，或在系统设置中允许访问麦克风。</translation>
    </message>
    <message>
        <source>Quit all of mmdesk, then open it again.</source>
        <translation>请退出所有 mmdesk，然后重新打开。</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>For example: Kitchen renovation</source>
        <translation>例如：厨房装修</translation>
    </message>
    <message>
        <source>Instructions for this project</source>
        <translation>此项目的指令</translation>
    </message>
    <message>
        <source>For example: Prices are in euros. Answer as a friendly architect.</source>
        <translation>例如：价格以欧元计。请像一位友善的建筑师那样回答。</translation>
    </message>
    <message>
        <source>Model of this project</source>
        <translation>此项目的模型</translation>
    </message>
    <message>
        <source>The usual one</source>
        <translation>常用模型</translation>
    </message>
    <message>
        <source>{0} (not installed)</source>
        <translation>{0}（未安装）</translation>
    </message>
    <message>
        <source>Files of this project</source>
        <translation>此项目的文件</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Every question in this project is asked with these documents.</source>
        <translation>此项目中的每个问题都会附上这些文档。</translation>
    </message>
    <message>
        <source>Add files to the project</source>
        <translation>向项目添加文件</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在阅读…</translation>
    </message>
    <message>
        <source>Added {0}</source>
        <translation>已添加 {0}</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>正在导出…</translation>
    </message>
    <message>
        <source>Printing…</source>
        <translation>正在打印…</translation>
    </message>
    <message>
        <source>Sent to the printer</source>
        <translation>已发送到打印机</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>The export failed ({kind}).</source>
        <translation>导出失败（{kind}）。</translation>
    </message>
    <message>
        <source>Recognises what is in pictures.</source>
        <translation>识别图片中的内容。</translation>
    </message>
    <message>
        <source>Remove it and download it again.</source>
        <translation>请移除后重新下载。</translation>
    </message>
    <message>
        <source>Retry resumes where it left off.</source>
        <translation>重试时会从中断处继续。</translation>
    </message>
    <message>
        <source>Same settings, same answer. For more variety, raise the temperature in “Chat settings”.</source>
        <translation>设置相同，回答也相同。想要不同的回答，请在“对话设置”中调高温度。</translation>
    </message>
    <message>
        <source>Save it as DOCX or PDF.</source>
        <translation>请将它另存为 DOCX 或 PDF。</translation>
    </message>
    <message>
        <source>Save it as PDF, text or EML.</source>
        <translation>请将它另存为 PDF、文本或 EML。</translation>
    </message>
    <message>
        <source>Simplified Chinese</source>
        <translation>简体中文</translation>
    </message>
    <message>
        <source>Small and English only; fallback when the standard model isn&apos;t available.</source>
        <translation>很小，只会英文；标准模型不可用时的后备。</translation>
    </message>
    <message>
        <source>Some letters could not be read ({count}): the file does not say what they are.</source>
        <translation>有 {count} 个字符无法读取：文件没有说明它们是什么字。</translation>
    </message>
    <message>
        <source>Some links or placeholders are missing from the translation. Please check them.</source>
        <translation>译文中缺少一些链接或占位符，请检查。</translation>
    </message>
    <message>
        <source>Some numbers are missing from the translation. Please check them.</source>
        <translation>译文中缺少一些数字，请核对。</translation>
    </message>
    <message>
        <source>Something could not be saved in the history ({kind}).</source>
        <translation>有内容无法保存到历史记录（{kind}）。</translation>
    </message>
    <message>
        <source>Something went wrong ({kind}).</source>
        <translation>出了问题（{kind}）。</translation>
    </message>
    <message>
        <source>Something went wrong in the engine ({error}).</source>
        <translation>引擎出错（{error}）。</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙文</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>意大利文</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙文</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日文</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩文</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄文</translation>
    </message>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯文</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Window language</source>
        <translation>界面语言</translation>
    </message>
    <message>
        <source>Match system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Colour scheme</source>
        <translation>配色方案</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Text size, in per cent</source>
        <translation>文字大小（百分比）</translation>
    </message>
    <message>
        <source> %</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Keep running in the tray when the window is closed</source>
        <translation>关闭窗口后继续在托盘中运行</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>系统默认</translation>
    </message>
    <message>
        <source>Send voice messages right away</source>
        <translation>说完立即发送</translation>
    </message>
    <message>
        <source>Push to talk</source>
        <translation>按住说话</translation>
    </message>
    <message>
        <source>Free memory after, in minutes</source>
        <translation>多少分钟后释放内存</translation>
    </message>
    <message>
        <source>Device that computes</source>
        <translation>用于计算的设备</translation>
    </message>
    <message>
        <source>Graphics card where the model fits</source>
        <translation>放得下模型时用显卡</translation>
    </message>
    <message>
        <source>GPU (NVIDIA or AMD)</source>
        <translation>GPU（NVIDIA 或 AMD）</translation>
    </message>
    <message>
        <source>GPU (Apple)</source>
        <translation>GPU（Apple）</translation>
    </message>
    <message>
        <source>GPU (Intel)</source>
        <translation>GPU（Intel）</translation>
    </message>
    <message>
        <source>Run the model in the window&apos;s process</source>
        <translation>在窗口进程内运行模型</translation>
    </message>
    <message>
        <source>Let models think before they answer, where they can</source>
        <translation>允许模型先思考再回答（如果支持）</translation>
    </message>
    <message>
        <source>Ready prompts…</source>
        <translation>常用提示…</translation>
    </message>
    <message>
        <source>Buttons for what you often ask</source>
        <translation>常用问题的按钮</translation>
    </message>
    <message>
        <source>Keys that work everywhere</source>
        <translation>在任何程序中都有效的按键</translation>
    </message>
    <message>
        <source>Higher values make answers more varied and less reliable. 0 gives the same answer every time.</source>
        <translation>数值越高，回答越多样，也越不可靠。0 表示每次回答都相同。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>mmdesk then connects only for downloads that you start and to a server that you enter below. The models on this computer never need the internet.</source>
        <translation>此时 mmdesk 只会为您启动的下载以及您在下方填写的服务器建立连接。这台电脑上的模型从不需要互联网。</translation>
    </message>
    <message>
        <source>Another computer</source>
        <translation>另一台电脑</translation>
    </message>
    <message>
        <source>A larger model on a server of your own or of somebody you trust. What you send goes there, but only while you have chosen its model at the top of the window.</source>
        <translation>使用您自己或您信任的人的服务器上更大的模型。只有在窗口顶部选择了它的模型时，您发送的内容才会传到那里。</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>计算设备</translation>
    </message>
    <message>
        <source>Undo changes</source>
        <translation>撤销更改</translation>
    </message>
    <message>
        <source>Back to the settings as they were when this was opened</source>
        <translation>恢复打开此窗口时的设置</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>For example: Answer briefly. I live in Spain.</source>
        <translation>例如：请简短回答。我住在西班牙。</translation>
    </message>
    <message>
        <source>No animations, no blinking cursor.</source>
        <translation>没有动画，光标也不闪烁。</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>语音</translation>
    </message>
    <message>
        <source>Applies to every conversation.</source>
        <translation>适用于每次对话。</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Free memory after</source>
        <translation>空闲后释放内存</translation>
    </message>
    <message>
        <source>Removes the idle model from memory. It loads with your next question.</source>
        <translation>把空闲的模型移出内存。下次提问时会重新载入。</translation>
    </message>
    <message>
        <source>For debugging. Takes effect when mmdesk is restarted.</source>
        <translation>用于调试。重新启动 mmdesk 后生效。</translation>
    </message>
    <message>
        <source>You can ask a question from the tray at any time.</source>
        <translation>可以随时从托盘提问。</translation>
    </message>
    <message>
        <source>This desktop has no system tray.</source>
        <translation>此桌面没有系统托盘。</translation>
    </message>
    <message>
        <source>Show welcome</source>
        <translation>显示欢迎页</translation>
    </message>
    <message>
        <source>About {0:,} words</source>
        <translation>约 {0:,} 个英文单词</translation>
    </message>
    <message>
        <source> minutes</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 词元</translation>
    </message>
    <message>
        <source>As the model advises</source>
        <translation>按模型建议</translation>
    </message>
    <message>
        <source>Work offline</source>
        <translation>离线工作</translation>
    </message>
    <message>
        <source>Show connections</source>
        <translation>查看连接</translation>
    </message>
    <message>
        <source>Everything that mmdesk has connected to</source>
        <translation>mmdesk 建立过的所有连接</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>All keyboard shortcuts (F1)</source>
        <translation>所有键盘快捷键（F1）</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Jump to the latest</source>
        <translation>跳到最新内容</translation>
    </message>
    <message>
        <source>Try again with {model}</source>
        <translation>用 {model} 重试</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Show or hide the list</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Bring a deleted conversation back</source>
        <translation>恢复已删除的对话</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>Go to the message field</source>
        <translation>转到消息输入框</translation>
    </message>
    <message>
        <source>Paste text, pictures or files</source>
        <translation>粘贴文字、图片或文件</translation>
    </message>
    <message>
        <source>Start or stop the microphone</source>
        <translation>打开或关闭麦克风</translation>
    </message>
    <message>
        <source>Read the last answer aloud, or stop</source>
        <translation>朗读最后的回答，或停止</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索全部</translation>
    </message>
    <message>
        <source>Show or hide side panel</source>
        <translation>显示或隐藏侧栏</translation>
    </message>
    <message>
        <source>Reset text size</source>
        <translation>恢复文字大小</translation>
    </message>
    <message>
        <source>Show this list</source>
        <translation>显示此列表</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>功能</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Go to the next area</source>
        <translation>转到下一个区域</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>very likely</source>
        <translation>很有可能</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>有可能</translation>
    </message>
    <message>
        <source>perhaps</source>
        <translation>也许</translation>
    </message>
    <message>
        <source>a guess</source>
        <translation>猜测</translation>
    </message>
    <message>
        <source>{0} ({1})</source>
        <translation>{0}（{1}）</translation>
    </message>
    <message>
        <source>Description of {name}</source>
        <translation>{name} 的描述</translation>
    </message>
    <message>
        <source>What I see</source>
        <translation>我看到的</translation>
    </message>
    <message>
        <source>Correct the description of {name}</source>
        <translation>更正 {name} 的描述</translation>
    </message>
    <message>
        <source>Correct this description</source>
        <translation>更正这段描述</translation>
    </message>
    <message>
        <source>Text in the picture</source>
        <translation>图片中的文字</translation>
    </message>
    <message>
        <source>Your description of {name}</source>
        <translation>您对 {name} 的描述</translation>
    </message>
    <message>
        <source>Describe the picture</source>
        <translation>描述一下图片内容</translation>
    </message>
    <message>
        <source>Save (Enter)</source>
        <translation>保存（回车）</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在看图…</translation>
    </message>
    <message>
        <source>{model} looks at the picture itself</source>
        <translation>{model} 会直接查看图片</translation>
    </message>
    <message>
        <source>Show all text</source>
        <translation>显示全部文字</translation>
    </message>
    <message>
        <source>In your words</source>
        <translation>您的描述</translation>
    </message>
    <message>
        <source>Nothing recognised</source>
        <translation>没有识别出内容</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Code, {0} lines.</source>
        <translation>代码，共 {0} 行。</translation>
    </message>
    <message>
        <source>Code, 1 line.</source>
        <translation>代码，共 1 行。</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Context window usage</source>
        <translation>上下文占用情况</translation>
    </message>
    <message>
        <source>{0:,} / {1:,} tokens</source>
        <translation>{0:,} / {1:,} 词元</translation>
    </message>
    <message>
        <source>About {0:,} of the {1:,} tokens that the model can read.</source>
        <translation>模型最多可以读 {1:,} 个词元，目前约为 {0:,} 个。</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Chat {0} % full</source>
        <translation>对话已用 {0}%</translation>
    </message>
    <message>
        <source>GPU (CUDA)</source>
        <translation>GPU（CUDA）</translation>
    </message>
    <message>
        <source>GPU (Metal)</source>
        <translation>GPU（Metal）</translation>
    </message>
    <message>
        <source>The oldest {0} messages will be left out.</source>
        <translation>最早的 {0} 条消息将被略去。</translation>
    </message>
    <message>
        <source>Ready prompt</source>
        <translation>常用提示</translation>
    </message>
    <message>
        <source>Edit ready prompts</source>
        <translation>编辑常用提示</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Colours of the system</source>
        <translation>跟随系统配色</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model in use</source>
        <translation>正在使用的模型</translation>
    </message>
    <message>
        <source>New chat (Ctrl+N)</source>
        <translation>新对话（Ctrl+N）</translation>
    </message>
    <message>
        <source>Show or hide the conversations</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Conversations (Ctrl+H)</source>
        <translation>对话列表（Ctrl+H）</translation>
    </message>
    <message>
        <source>Chat settings (Ctrl+I)</source>
        <translation>对话设置（Ctrl+I）</translation>
    </message>
    <message>
        <source>Models: download, verify, remove (Ctrl+Shift+M)</source>
        <translation>模型：下载、校验、移除（Ctrl+Shift+M）</translation>
    </message>
    <message>
        <source>Show or hide side panel (Ctrl+B)</source>
        <translation>显示或隐藏侧栏（Ctrl+B）</translation>
    </message>
    <message>
        <source>{0} (not downloaded, {1})</source>
        <translation>{0}（未下载，{1}）</translation>
    </message>
    <message>
        <source>Download it on the Models page (Ctrl+Shift+M)</source>
        <translation>可以在模型页面下载（Ctrl+Shift+M）</translation>
    </message>
    <message>
        <source>Settings (Ctrl+,)</source>
        <translation>设置（Ctrl+,）</translation>
    </message>
    <message>
        <source>Key for the quick question</source>
        <translation>快速提问的按键</translation>
    </message>
    <message>
        <source>Key for a part of the screen</source>
        <translation>截取部分屏幕的按键</translation>
    </message>
    <message>
        <source>Quick question</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Part of the screen</source>
        <translation>屏幕的一部分</translation>
    </message>
    <message>
        <source>These keys work in every program while mmdesk is running. Press the keys that you want.</source>
        <translation>mmdesk 运行时，这些按键在任何程序中都有效。请按下想用的按键。</translation>
    </message>
    <message>
        <source>This desktop does not let programs have such keys. Set keys in the settings of the desktop for the commands “mmdesk quick” and “mmdesk capture”.</source>
        <translation>此桌面不允许程序使用这样的按键。请在桌面的设置中为命令“mmdesk quick”和“mmdesk capture”指定按键。</translation>
    </message>
    <message>
        <source>Your question</source>
        <translation>您的问题</translation>
    </message>
    <message>
        <source>Ask (Enter)</source>
        <translation>提问（Enter）</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>Open in mmdesk</source>
        <translation>在 mmdesk 中打开</translation>
    </message>
    <message>
        <source>Keeps the question and its answer</source>
        <translation>保留问题和回答</translation>
    </message>
    <message>
        <source>Write or select a text first.</source>
        <translation>请先输入或选中一段文字。</translation>
    </message>
    <message>
        <source>Selected text</source>
        <translation>选中的文字</translation>
    </message>
    <message>
        <source>Quick question…</source>
        <translation>快速提问…</translation>
    </message>
    <message>
        <source>Ask about a part of the screen…</source>
        <translation>就屏幕的一部分提问…</translation>
    </message>
    <message>
        <source>Open mmdesk</source>
        <translation>打开 mmdesk</translation>
    </message>
    <message>
        <source>1 document</source>
        <translation>1 个文档</translation>
    </message>
    <message>
        <source>{0:,} documents</source>
        <translation>{0:,} 个文档</translation>
    </message>
    <message>
        <source>{0:,} characters</source>
        <translation>{0:,} 个字符</translation>
    </message>
    <message>
        <source>{0} pages</source>
        <translation>{0} 页</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>Edit your message</source>
        <translation>编辑您的消息</translation>
    </message>
    <message>
        <source>You can go back to the earlier version.</source>
        <translation>可以随时回到之前的版本。</translation>
    </message>
    <message>
        <source>Your message</source>
        <translation>您的消息</translation>
    </message>
    <message>
        <source>Copy the message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Remember this in every chat</source>
        <translation>在所有聊天中记住这条</translation>
    </message>
    <message>
        <source>Versions of this message</source>
        <translation>这条消息的各个版本</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Empty conversation</source>
        <translation>空对话</translation>
    </message>
    <message>
        <source>What would you like to do?</source>
        <translation>今天想做点什么？</translation>
    </message>
    <message>
        <source>Ask, speak, or drop files anywhere. Everything stays on this computer.</source>
        <translation>提问、说话，或把文件拖放到任意位置。所有内容都留在本机。</translation>
    </message>
    <message>
        <source>Read a sample picture</source>
        <translation>读一张示例图片</translation>
    </message>
    <message>
        <source>What is the Wi-Fi password?</source>
        <translation>Wi-Fi 密码是什么？</translation>
    </message>
    <message>
        <source>Summarise a sample page</source>
        <translation>总结一页示例文章</translation>
    </message>
    <message>
        <source>Write a short program</source>
        <translation>写一段小程序</translation>
    </message>
    <message>
        <source>Write a Python function that checks whether a word reads the same backwards</source>
        <translation>写一个 Python 函数，判断一个单词倒过来读是否相同</translation>
    </message>
    <message>
        <source>Correct a sentence</source>
        <translation>修改病句</translation>
    </message>
    <message>
        <source>Correct the mistakes: She go to school every days and she like it very much.</source>
        <translation>改正英文错误：She go to school every days and she like it very much.</translation>
    </message>
    <message>
        <source>Looking for the model…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>The log in {folder} has the details.</source>
        <translation>详情请看 {folder} 中的日志。</translation>
    </message>
    <message>
        <source>Describe this picture.</source>
        <translation>请描述这张图片。</translation>
    </message>
    <message>
        <source>Describe these pictures.</source>
        <translation>请描述这些图片。</translation>
    </message>
    <message>
        <source>Summarise this in about {words} words.</source>
        <translation>请用大约 {words} 个词总结这份内容。</translation>
    </message>
    <message>
        <source>Translate this into {language}.</source>
        <translation>请把这份内容翻译成{language}。</translation>
    </message>
    <message>
        <source>Write minutes of this recording.</source>
        <translation>请为这段录音写会议纪要。</translation>
    </message>
    <message>
        <source>Exported to {path}</source>
        <translation>已导出到 {path}</translation>
    </message>
    <message>
        <source>The settings cannot be saved: {reason}.</source>
        <translation>无法保存设置：{reason}。</translation>
    </message>
    <message>
        <source>An answer needs at least 1 token and a context of 512.</source>
        <translation>回答至少需要 1 个词元和 512 的上下文。</translation>
    </message>
    <message>
        <source>The temperature cannot be negative.</source>
        <translation>温度不能为负数。</translation>
    </message>
    <message>
        <source>Microphone level</source>
        <translation>麦克风音量</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>{model} is not installed any more. {other} answers in this conversation.</source>
        <translation>{model} 已不在本机；本次对话由 {other} 回答。</translation>
    </message>
    <message>
        <source>You can download it again on the Models page (Ctrl+Shift+M).</source>
        <translation>可以在“模型”页面重新下载（Ctrl+Shift+M）。</translation>
    </message>
    <message>
        <source>Verified: all files are intact.</source>
        <translation>校验完毕：所有文件完好。</translation>
    </message>
    <message>
        <source>The model was not added.</source>
        <translation>模型未添加。</translation>
    </message>
    <message>
        <source>Verification stopped.</source>
        <translation>校验已停止。</translation>
    </message>
    <message>
        <source>Model is resting. It loads with your next question.</source>
        <translation>模型在休息。下次提问时会载入。</translation>
    </message>
    <message>
        <source>The list of connections cannot be changed: {reason}.</source>
        <translation>无法更改连接列表：{reason}。</translation>
    </message>
    <message>
        <source>No speech was found in {name}.</source>
        <translation>在 {name} 中没有听到说话声。</translation>
    </message>
    <message>
        <source>Transcript of {name}</source>
        <translation>{name} 的文字稿</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Actions for {0}</source>
        <translation>{0} 的操作</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
    <message>
        <source>Find in the document</source>
        <translation>在文档中查找</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Page {0}</source>
        <translation>第 {0} 页</translation>
    </message>
    <message>
        <source>Add {name} as a model?</source>
        <translation>将 {name} 添加为模型？</translation>
    </message>
    <message>
        <source>mmdesk makes a converted copy of it. The file itself is not changed.</source>
        <translation>mmdesk 会生成一份转换后的副本，原文件不会改动。</translation>
    </message>
    <message>
        <source>Pictures, documents and sounds</source>
        <translation>图片、文档和音频</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Sounds</source>
        <translation>音频</translation>
    </message>
    <message>
        <source>Add folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>You, {time}</source>
        <translation>你，{time}</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Sound {0}</source>
        <translation>音频 {0}</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Spectrogram</source>
        <translation>频谱图</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>Models that other programs have downloaded.</source>
        <translation>其他程序下载的模型。</translation>
    </message>
    <message>
        <source>Hide others</source>
        <translation>隐藏其他模型</translation>
    </message>
    <message>
        <source>Show others ({count})</source>
        <translation>显示其他模型（{count}）</translation>
    </message>
    <message>
        <source>Models that mmdesk cannot use, and why</source>
        <translation>mmdesk 无法使用的模型及原因</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Switch the model</source>
        <translation>切换模型</translation>
    </message>
    <message>
        <source>This chat uses {model}</source>
        <translation>此对话使用 {model}</translation>
    </message>
    <message>
        <source>Switch to {model}</source>
        <translation>切换到 {model}</translation>
    </message>
    <message>
        <source>Address of the server</source>
        <translation>服务器地址</translation>
    </message>
    <message>
        <source>Model on the server</source>
        <translation>服务器上的模型</translation>
    </message>
    <message>
        <source>Find models</source>
        <translation>查找模型</translation>
    </message>
    <message>
        <source>Key of the server</source>
        <translation>服务器密钥</translation>
    </message>
    <message>
        <source>Only if the server asks for one</source>
        <translation>仅在服务器要求时填写</translation>
    </message>
    <message>
        <source>The model sees pictures</source>
        <translation>模型能看图片</translation>
    </message>
    <message>
        <source>The model hears sound</source>
        <translation>模型能听声音</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>{text} stands for the text that the prompt is applied to.</source>
        <translation>{text} 代表要处理的文字。</translation>
    </message>
    <message>
        <source>Key in mmdesk&apos;s windows</source>
        <translation>在 mmdesk 窗口中的按键</translation>
    </message>
    <message>
        <source>Reset to the standard ones</source>
        <translation>恢复标准提示</translation>
    </message>
    <message>
        <source>New prompt</source>
        <translation>新提示</translation>
    </message>
    <message>
        <source>Give the prompt a name.</source>
        <translation>请为提示起个名称。</translation>
    </message>
    <message>
        <source>Write an instruction.</source>
        <translation>请写下指令。</translation>
    </message>
    <message>
        <source>{keys} is already used for “{action}”.</source>
        <translation>{keys} 已用于“{action}”。</translation>
    </message>
    <message>
        <source>{count} models found.</source>
        <translation>找到 {count} 个模型。</translation>
    </message>
    <message>
        <source>One model found.</source>
        <translation>找到一个模型。</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>正在询问服务器…</translation>
    </message>
    <message>
        <source>Where your questions go</source>
        <translation>您的问题发往何处</translation>
    </message>
    <message>
        <source>Questions, pictures and files go to {host}.</source>
        <translation>问题、图片和文件会发送到 {host}。</translation>
    </message>
    <message>
        <source>The connection is not encrypted.</source>
        <translation>连接未加密。</translation>
    </message>
    <message>
        <source>What the model thought</source>
        <translation>模型的思考过程</translation>
    </message>
    <message>
        <source>Show or hide what the model thought</source>
        <translation>显示或隐藏模型的思考过程</translation>
    </message>
    <message>
        <source>Thought for {seconds} s</source>
        <translation>思考了 {seconds} 秒</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>Keep this chat first.</source>
        <translation>请先保留此聊天。</translation>
    </message>
    <message>
        <source>Remembered: “{fact}”</source>
        <translation>已记住：“{fact}”</translation>
    </message>
    <message>
        <source>Remembered: “{fact}”. It is not used while memory is off.</source>
        <translation>已记住：“{fact}”。记忆关闭时不会使用。</translation>
    </message>
    <message>
        <source>The English voice is not installed.</source>
        <translation>尚未安装英语语音。</translation>
    </message>
    <message>
        <source>Attach</source>
        <translation>添加附件</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>(The picture {name} is missing.)</source>
        <translation>（图片 {name} 已丢失。）</translation>
    </message>
    <message>
        <source>Page {page} of {pages}</source>
        <translation>第 {page} 页，共 {pages} 页</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>As Markdown…</source>
        <translation>导出为 Markdown…</translation>
    </message>
    <message>
        <source>As JSON…</source>
        <translation>导出为 JSON…</translation>
    </message>
    <message>
        <source>Export this chat as PDF…</source>
        <translation>将此对话导出为 PDF…</translation>
    </message>
    <message>
        <source>Export this chat as a web page…</source>
        <translation>将此对话导出为网页…</translation>
    </message>
    <message>
        <source>Export this chat as a Word document…</source>
        <translation>将此对话导出为 Word 文档…</translation>
    </message>
    <message>
        <source>Print this chat…</source>
        <translation>打印此对话…</translation>
    </message>
    <message>
        <source>Export this chat as Markdown…</source>
        <translation>将此对话导出为 Markdown…</translation>
    </message>
    <message>
        <source>Export this chat as JSON…</source>
        <translation>将此对话导出为 JSON…</translation>
    </message>
    <message>
        <source>As PDF…</source>
        <translation>导出为 PDF…</translation>
    </message>
    <message>
        <source>As a web page (HTML)…</source>
        <translation>导出为网页（HTML）…</translation>
    </message>
    <message>
        <source>As a Word document…</source>
        <translation>导出为 Word 文档…</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>Reading a folder</source>
        <translation>正在读取文件夹</translation>
    </message>
    <message>
        <source>{stage} ({folder})</source>
        <translation>{stage}（{folder}）</translation>
    </message>
    <message>
        <source>Temporary chat</source>
        <translation>临时聊天</translation>
    </message>
    <message>
        <source>Use what I asked you to remember</source>
        <translation>使用我让你记住的内容</translation>
    </message>
    <message>
        <source>Also in temporary chats</source>
        <translation>临时聊天中也使用</translation>
    </message>
    <message>
        <source>Remembered facts</source>
        <translation>记住的内容</translation>
    </message>
    <message>
        <source>New fact</source>
        <translation>新内容</translation>
    </message>
    <message>
        <source>For example: I live in Graz.</source>
        <translation>例如：我住在格拉茨。</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>The newest {used} of {count} facts fit into a question and are used.</source>
        <translation>{count} 条记忆中最新的 {used} 条可随问题一起使用。</translation>
    </message>
    <message>
        <source>Say “Remember that …” in a chat, or choose “Remember this” on a message. Nothing else is remembered. The facts stay on this computer.</source>
        <translation>在聊天中说“记住……”，或在消息上选择“记住这条”。除此之外不会记住任何内容。这些内容只留在这台电脑上。</translation>
    </message>
    <message>
        <source>Add, edit or delete a fact</source>
        <translation>添加、编辑或删除一条记忆</translation>
    </message>
    <message>
        <source>Fact deleted</source>
        <translation>记忆已删除</translation>
    </message>
    <message>
        <source>Open the project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>Open the project {0}</source>
        <translation>打开项目 {0}</translation>
    </message>
    <message>
        <source>Instructions, files and model of this project</source>
        <translation>此项目的指令、文件和模型</translation>
    </message>
    <message>
        <source>own instructions</source>
        <translation>自有指令</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 个文件</translation>
    </message>
    <message>
        <source>{0} files</source>
        <translation>{0} 个文件</translation>
    </message>
    <message>
        <source>New chat in this project</source>
        <translation>在此项目中新建聊天</translation>
    </message>
    <message>
        <source>Instructions, files and model…</source>
        <translation>指令、文件和模型…</translation>
    </message>
    <message>
        <source>Search in this project</source>
        <translation>在此项目中搜索</translation>
    </message>
    <message>
        <source>Delete project</source>
        <translation>删除项目</translation>
    </message>
    <message>
        <source>Move to project</source>
        <translation>移动到项目</translation>
    </message>
    <message>
        <source>Remove from project</source>
        <translation>从项目中移出</translation>
    </message>
    <message>
        <source>Ready prompts</source>
        <translation>常用提示</translation>
    </message>
    <message>
        <source>Use selected text</source>
        <translation>使用选中的文字</translation>
    </message>
    <message>
        <source>Use picture from clipboard</source>
        <translation>使用剪贴板中的图片</translation>
    </message>
    <message>
        <source>{width} × {height} pixels</source>
        <translation>{width} × {height} 像素</translation>
    </message>
    <message>
        <source>Drag a rectangle, or use the arrow keys, with Shift to resize.</source>
        <translation>拖出一个矩形，或使用方向键，按住 Shift 调整大小。</translation>
    </message>
    <message>
        <source>Enter takes it, Esc cancels.</source>
        <translation>按 Enter 截取，按 Esc 取消。</translation>
    </message>
    <message>
        <source>Part of the screen {0}.png</source>
        <translation>部分屏幕 {0}.png</translation>
    </message>
    <message>
        <source>Search in a project</source>
        <translation>在项目中搜索</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>Only in “{0}”</source>
        <translation>仅在“{0}”中</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Show all {0} sources</source>
        <translation>显示全部 {0} 个来源</translation>
    </message>
    <message>
        <source>[?] One sentence was not found in the document.</source>
        <translation>[?] 有一句话在文档中没有找到依据。</translation>
    </message>
    <message>
        <source>[?] {0} sentences were not found in the document.</source>
        <translation>[?] 有 {0} 句话在文档中没有找到依据。</translation>
    </message>
    <message>
        <source>{number} · {place}: “{quote}”</source>
        <translation>{number} · {place}：“{quote}”</translation>
    </message>
    <message>
        <source>Source {number}: {place}</source>
        <translation>来源 {number}：{place}</translation>
    </message>
    <message>
        <source>Not found in the document</source>
        <translation>在文档中没有找到依据</translation>
    </message>
    <message>
        <source>Summary of the earlier messages</source>
        <translation>较早消息的摘要</translation>
    </message>
    <message>
        <source>Earlier messages were summarised</source>
        <translation>较早的消息已生成摘要</translation>
    </message>
    <message>
        <source>Show or hide what the model reads in their place</source>
        <translation>显示或隐藏模型代替它们阅读的内容</translation>
    </message>
    <message>
        <source>The conversation is too long for the model to read at once. Instead of the messages above, which stay here for you, it reads this.</source>
        <translation>对话太长，模型无法一次读完。上面的消息仍为您保留在这里，模型改为阅读这份摘要。</translation>
    </message>
    <message>
        <source>Opening the microphone…</source>
        <translation>正在打开麦克风…</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>正在听</translation>
    </message>
    <message>
        <source>You are speaking</source>
        <translation>您正在说话</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Speaking</source>
        <translation>正在说话</translation>
    </message>
    <message>
        <source>Muted</source>
        <translation>已静音</translation>
    </message>
    <message>
        <source>The microphone was disconnected</source>
        <translation>麦克风已断开</translation>
    </message>
    <message>
        <source>Hands-free conversation</source>
        <translation>免提对话</translation>
    </message>
    <message>
        <source>Speak, pause, and listen. Esc or your voice interrupts.</source>
        <translation>说话，停顿，然后听。按 Esc 或开口即可打断。</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>取消静音</translation>
    </message>
    <message>
        <source>Temporary chat. Nothing is saved: it is gone when you leave it or quit mmdesk.</source>
        <translation>临时聊天。不会保存任何内容：离开或退出 mmdesk 后就会消失。</translation>
    </message>
    <message>
        <source>Keep this chat</source>
        <translation>保留此聊天</translation>
    </message>
    <message>
        <source>Temporary chat. Nothing of it is saved.</source>
        <translation>临时聊天。不会保存任何内容。</translation>
    </message>
    <message>
        <source>Play or stop (Ctrl+Space)</source>
        <translation>播放或停止（Ctrl+空格）</translation>
    </message>
    <message>
        <source>Find in the transcript</source>
        <translation>在文字稿中查找</translation>
    </message>
    <message>
        <source>Summarise as minutes</source>
        <translation>整理成会议纪要</translation>
    </message>
    <message>
        <source>Attach as a document</source>
        <translation>作为文档附加</translation>
    </message>
    <message>
        <source>Text with times (TXT)…</source>
        <translation>带时间的文本（TXT）…</translation>
    </message>
    <message>
        <source>Subtitles (SRT)…</source>
        <translation>字幕（SRT）…</translation>
    </message>
    <message>
        <source>Web subtitles (VTT)…</source>
        <translation>网页字幕（VTT）…</translation>
    </message>
    <message>
        <source>Transcribing… {0} %</source>
        <translation>正在转写… {0} %</translation>
    </message>
    <message>
        <source>The transcript is ready</source>
        <translation>文字稿已完成</translation>
    </message>
    <message>
        <source>Decisions, tasks and open questions</source>
        <translation>决定、任务和未决问题</translation>
    </message>
    <message>
        <source>1 place</source>
        <translation>1 处</translation>
    </message>
    <message>
        <source>{0} places</source>
        <translation>{0} 处</translation>
    </message>
    <message>
        <source>Click a word to play from there</source>
        <translation>点击一个词，从那里开始播放</translation>
    </message>
    <message>
        <source>Read answers aloud</source>
        <translation>朗读回答</translation>
    </message>
    <message>
        <source>Best voice for the language</source>
        <translation>该语言的最佳语音</translation>
    </message>
    <message>
        <source>Voices of the system</source>
        <translation>系统语音</translation>
    </message>
    <message>
        <source>Speed of the voice, in per cent</source>
        <translation>语速（百分比）</translation>
    </message>
    <message>
        <source>Download or remove voices</source>
        <translation>下载或删除语音</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>语速</translation>
    </message>
    <message>
        <source>{size}, once. The voice runs on this computer. It needs the program Piper, which is installed with it in a folder of its own and used in a process of its own. Licences: {licence}.</source>
        <translation>{size}，只需下载一次。语音在本机运行。它需要程序 Piper，该程序会一同安装在单独的文件夹中，并在单独的进程中使用。许可证：{licence}。</translation>
    </message>
    <message>
        <source>Download the English voice?</source>
        <translation>要下载英语语音吗？</translation>
    </message>
    <message>
        <source>Dictation {time}</source>
        <translation>口述 {time}</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>录音</translation>
    </message>
    <message>
        <source>Attach the recording</source>
        <translation>附加录音</translation>
    </message>
    <message>
        <source>Drop the recording</source>
        <translation>丢弃录音</translation>
    </message>
    <message>
        <source>You spoke for {0}. Keep the recording?</source>
        <translation>你说了 {0}。要保留录音吗？</translation>
    </message>
    <message>
        <source>Encrypting the conversations… {percent} %</source>
        <translation>正在加密对话… {percent} %</translation>
    </message>
    <message>
        <source>Conversations are encrypted.</source>
        <translation>对话已加密。</translation>
    </message>
    <message>
        <source>Decrypting the conversations… {percent} %</source>
        <translation>正在解密对话… {percent} %</translation>
    </message>
    <message>
        <source>Conversations are not encrypted.</source>
        <translation>对话未加密。</translation>
    </message>
    <message>
        <source>Changing the passphrase…</source>
        <translation>正在更改密码短语…</translation>
    </message>
    <message>
        <source>The passphrase was changed.</source>
        <translation>密码短语已更改。</translation>
    </message>
    <message>
        <source>Encrypt conversations…</source>
        <translation>加密对话…</translation>
    </message>
    <message>
        <source>Change passphrase…</source>
        <translation>更改密码短语…</translation>
    </message>
    <message>
        <source>Stop encrypting…</source>
        <translation>停止加密…</translation>
    </message>
    <message>
        <source>Encryption of conversations</source>
        <translation>对话加密</translation>
    </message>
    <message>
        <source>Encrypts conversations, projects, pictures and recordings in mmdesk&apos;s folder with a passphrase. Settings, remembered facts and the indexes of your folders are not encrypted.</source>
        <translation>用密码短语加密 mmdesk 文件夹中的对话、项目、图片和录音。设置、记住的内容和文件夹索引不加密。</translation>
    </message>
    <message>
        <source>Stop encrypting your conversations?</source>
        <translation>要停止加密您的对话吗？</translation>
    </message>
    <message>
        <source>They are then stored in readable form again, and no passphrase is asked for.</source>
        <translation>之后它们将重新以可读形式保存，不再询问密码短语。</translation>
    </message>
    <message>
        <source>Stop encrypting</source>
        <translation>停止加密</translation>
    </message>
    <message>
        <source>Change passphrase</source>
        <translation>更改密码短语</translation>
    </message>
    <message>
        <source>Encrypt conversations</source>
        <translation>加密对话</translation>
    </message>
    <message>
        <source>Present passphrase</source>
        <translation>当前密码短语</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新密码短语</translation>
    </message>
    <message>
        <source>Repeat the new passphrase</source>
        <translation>再次输入新密码短语</translation>
    </message>
    <message>
        <source>Remember it well. Without the passphrase nobody can open your conversations any more: not you, not mmdesk, and there is no way to reset it.</source>
        <translation>请牢记密码短语。没有它，任何人都无法再打开您的对话：您不能，mmdesk 也不能，而且无法重置。</translation>
    </message>
    <message>
        <source>At least {count} characters. Several words are easy to remember.</source>
        <translation>至少 {count} 个字符。几个单词比较容易记住。</translation>
    </message>
    <message>
        <source>The passphrase is too short: use at least {count} characters.</source>
        <translation>密码短语太短：请至少使用 {count} 个字符。</translation>
    </message>
    <message>
        <source>The two new passphrases differ.</source>
        <translation>两次输入的新密码短语不一致。</translation>
    </message>
    <message>
        <source>Your conversations are locked</source>
        <translation>您的对话已锁定</translation>
    </message>
    <message>
        <source>Enter your passphrase to open them. You can chat meanwhile; new messages are saved once this is unlocked.</source>
        <translation>请输入密码短语以打开它们。您可以先聊天，解锁后新消息会被保存。</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密码短语</translation>
    </message>
    <message>
        <source>Keep on this computer</source>
        <translation>在此电脑上保存</translation>
    </message>
    <message>
        <source>Keeps the key in the system&apos;s keyring, so that mmdesk does not ask again</source>
        <translation>将密钥保存在系统密钥环中，mmdesk 以后不再询问</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Unlocking…</source>
        <translation>正在解锁…</translation>
    </message>
</context>
</TS>
